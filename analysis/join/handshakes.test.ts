import { describe, expect, test } from '@jest/globals';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import { Wire } from './join-testing.ts';

const tls = 'TLSv1.3';
const failed = (wire: Wire, fields: Partial<HandshakeEvent> = {}) =>
  wire.note('handshake', {
    server: 'echo',
    client_ip: '10.0.142.133',
    client_port: 40_000,
    reason: 'why',
    ...fields,
  });

/** The findings on a wire. */
function found(draw: (wire: Wire) => void, options?: Parameters<Wire['lines']>[0]): Promise<string[]> {
  const wire = new Wire();
  draw(wire);
  return wire.lines(options);
}

describe('a failed handshake is matched with the frames of its connection, and shown', () => {
  test('in its alert', async () => {
    const lines = await found((wire) => {
      const http = wire.tcp({ server: 'http', tls }).open();
      http.client('');
      http.answer('', { hasAlert: true });
      failed(wire, { server: 'http' });
      http.fin('server');
    });
    expect(lines).toEqual(['why: handshake-failed 1+3+4 by 2+5+6, shown in 5']);
  });

  test('without one, in the last frame', async () => {
    const lines = await found((wire) => {
      wire.tcp({ tls }).open().fin('client');
      failed(wire);
      wire.tcp({ port: 40_001, tls }).open();
    });
    expect(lines).toEqual(['why: handshake-failed 1+3+4 by 2, shown in 4']);
  });

  test('in its own connection, though the port is reused, with or without ECN', async () => {
    const lines = await found((wire) => {
      const first = wire.tcp({ tls }).open();
      first.answer('', { hasAlert: true });
      failed(wire, { reason: 'one' });
      first.reset('client');
      wire.pass(0.01);
      // SYN with ECE and CWR.
      const second = wire.tcp({ tls, numbers: { client: 5_000, server: 6_000 } });
      second.client('', { flags: 0xc2 });
      second.answer('', { hasAlert: true });
      failed(wire, { reason: 'two' });
      second.fin('server');
    });
    expect(lines).toEqual([
      'one: handshake-failed 1+3+5 by 2+4, shown in 4',
      'two: handshake-failed 6 by 7+8, shown in 7',
    ]);
  });

  test('at its own server, though the port talks to both, and to the plain port too', async () => {
    const lines = await found((wire) => {
      const http = wire.tcp({ server: 'http', tls }).open();
      const echo = wire.tcp({ tls }).open();
      wire.tcp().open();
      http.answer('', { hasAlert: true });
      failed(wire, { server: 'http', reason: 'one' });
      echo.answer('', { hasAlert: true });
      failed(wire, { reason: 'two' });
    });
    expect(lines).toEqual([
      'one: handshake-failed 1+3 by 2+10, shown in 10',
      'two: handshake-failed 4+6 by 5+11, shown in 11',
    ]);
  });

  test('in a connection that ended some time ago, whose first frames are kept', async () => {
    const lines = await found((wire) => {
      const echo = wire.tcp({ tls }).open();
      for (let count = 0; count < 100; count += 1) echo.client('');
      const { number } = echo.reset('server');
      failed(wire, { reason: `${number}` });
      wire.pass(10);
      wire.tcp({ port: 40_001, tls }).open();
      failed(wire, { reason: 'late' });
      wire.tcp({ port: 40_002, tls }).open();
    });
    const [kept = '', late] = lines;
    expect(kept).toMatch(/^104: handshake-failed 1\+3\+.*\+64 by 2, shown in 104$/);
    expect(late).toBe('late: connection-missing none by none');
  });
});

describe('a failed handshake is unmatched', () => {
  test('without its connection, or its address', async () => {
    const lines = await found((wire) => {
      wire.tcp({ tls }).open();
      failed(wire, { reason: 'elsewhere', client_port: 50_000 });
      failed(wire, { reason: 'unknown', client_ip: undefined, client_port: undefined });
      wire.pass(0.01);
      wire.tcp({ port: 40_001, tls }).open();
    });
    expect(lines).toEqual(['unknown: no-address none by none', 'elsewhere: connection-missing none by none']);
  });

  test('before the capture, and after it', async () => {
    const lines = await found(
      (wire) => {
        const unknown = { client_ip: undefined, client_port: undefined };
        wire.tcp({ port: 40_001, tls }).open();
        failed(wire, { reason: 'before' });
        failed(wire, { reason: 'before, unknown', ...unknown });
        wire.pass(0.01);
        wire.tcp({ port: 40_002, tls }).open();
        wire.pass(0.01);
        failed(wire, { reason: 'after', client_port: 40_003 });
        failed(wire, { reason: 'after, unknown', ...unknown });
      },
      { begins: 4, ends: 6 },
    );
    expect(lines).toEqual([
      'before: before-capture none by none',
      'before, unknown: no-address none by none',
      'after: before-capture none by none',
      'after, unknown: no-address none by none',
    ]);
  });

  test('in an empty capture', async () => {
    expect(await found((wire) => failed(wire))).toEqual(['why: before-capture none by none']);
  });

  test("in the client's capture only if it may be this client's", async () => {
    const lines = await found(
      (wire) => {
        wire.tcp({ tls }).open();
        failed(wire, { client_ip: '127.0.0.1' });
        failed(wire, { reason: 'unknown', client_ip: undefined, client_port: undefined });
        wire.pass(0.01);
        wire.tcp({ port: 40_001, tls }).open();
      },
      { onlyClient: '10.0.142.133' },
    );
    expect(lines).toEqual(['unknown: no-address none by none']);
  });
});

describe('a request on a connection whose handshake failed', () => {
  const requested = (wire: Wire) => {
    const http = wire.tcp({ server: 'http', tls }).open();
    http.get();
    return http;
  };

  test('needs no entry besides that of the handshake', async () => {
    const lines = await found((wire) => {
      const http = requested(wire);
      http.answer('', { hasAlert: true });
      failed(wire, { server: 'http' });
      http.reset('client');
      wire.pass(10);
      wire.tcp({ port: 40_001 }).open();
    });
    expect(lines).toEqual(['why: handshake-failed 1+3+4+6 by 2+5, shown in 5']);
  });

  test('is reported without the entry of the handshake', async () => {
    expect(await found((wire) => requested(wire).reset('client'))).toEqual([
      'unjournaled client GET /getbalance in 4',
    ]);
  });
});
