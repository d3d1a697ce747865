import { describe, expect, test } from '@jest/globals';
import { faultNames } from '#lib/faults/echo/index.ts';
import type { DatagramEntry, HttpEntry, MessageEntry } from '#lib/journal/schema.ts';
import { describeDecision, describeMatch } from './describe.ts';
import type { MatchUnder } from './matching.ts';

const line = { timestamp: '2025-06-01T10:00:00.000Z', id: 7, client_ip: '10.0.142.133', client_port: 40_000 };
const http: HttpEntry = { ...line, outcome: '403', request: 3 };
const message: MessageEntry = { ...line, protocol: 'tcp', fault: 'none', message: 4, length: 3 };
const segment: DatagramEntry = {
  ...message,
  protocol: 'udp',
  direction: 'in',
  transfer: '0123abcd',
  kind: 'DATA',
  sequence: 12,
};

describe('a decision', () => {
  test.each<[string, Partial<MessageEntry>]>([
    ['fault=none', {}],
    ['fault=loss a notice in place of the echo', { fault: 'loss', loss: 'notice' }],
    ['fault=loss no echo', { fault: 'loss', loss: 'silent' }],
    ['fault=delay 1234.5 ms', { fault: 'delay', delay_ms: 1_234.5 }],
    [
      'fault=corruption byte 0: 0x48 to 0xb7',
      { fault: 'corruption', offset: 0, before: '0x48', after: '0xb7' },
    ],
    ['fault=duplicate twice', { fault: 'duplicate' }],
    ['fault=reorder sent after the next one', { fault: 'reorder' }],
    ['fault=truncate 2 bytes kept', { fault: 'truncate', kept: 2 }],
    ['fault=reset', { fault: 'reset' }],
    ['fault=drip a byte every 20 ms', { fault: 'drip', interval_ms: 20 }],
    ["fault=none (corruption was drawn and can't be done to this)", { drawn: 'corruption' }],
  ])('%s', (text, fields) => {
    expect(describeDecision({ ...message, ...fields })).toBe(text);
  });

  test('of the HTTP server', () => {
    expect(describeDecision(http)).toBe('outcome=403');
  });

  test.each<[string, Partial<DatagramEntry>]>([
    ['fault=none, incoming DATA 12 of transfer 0123abcd', {}],
    [
      'fault=loss dropped, outgoing ACK 5 of transfer 0123abcd',
      { fault: 'loss', loss: 'silent', direction: 'out', kind: 'ACK', sequence: undefined, ack: 5 },
    ],
    ['fault=none, incoming ABORT of transfer 0123abcd', { kind: 'ABORT', sequence: undefined }],
    [
      'fault=delay 20 ms, a damaged incoming datagram',
      { fault: 'delay', delay_ms: 20, kind: undefined, damaged: true },
    ],
  ])('of a datagram: %s', (text, fields) => {
    expect(describeDecision({ ...segment, ...fields })).toBe(text);
  });

  test.each(faultNames.faults.filter((fault) => fault !== 'reset'))('of %s has a phrase', (fault) => {
    expect(describeDecision({ ...message, fault })).toMatch(new RegExp(`^fault=${fault} .`));
  });
});

describe('the comment on a frame', () => {
  const active = { from: undefined, profile: 'loss=0.1', seed: 'alice' };
  const match = (fields: Partial<MatchUnder>): MatchUnder => ({
    kind: 'match',
    active,
    entry: message,
    reason: 'response-sent',
    request: [],
    response: [],
    shows: 5,
    ...fields,
  });
  const end = { number: 9, time: 1 };
  const own = 'fault=none, seed alice, draw 4; echo.log entry 7';

  test.each<[Partial<MatchUnder>, string]>([
    [{}, own],
    [{ reason: 'nothing-sent' }, `${own}; no response was sent`],
    [{ reason: 'nothing-sent', end }, `${own}; no response was sent before the connection ended in frame 9`],
    [{ reason: 'connection-closed', end }, `${own}; the connection had ended in frame 9`],
    [{ reason: 'pending' }, `${own}; the capture ends before the response`],
    [{ reason: 'response-differs' }, `${own}; the server sent something else`],
    [{ reason: 'response-missing' }, `${own}; the response is not in the capture`],
    [{ reason: 'request-missing' }, `${own}; the request is not in the capture`],
    [{ entry: http }, 'outcome=403, seed alice, draw 3; http.log entry 7'],
    [
      { entry: { ...segment, fault: 'loss' }, reason: 'nothing-sent' },
      'fault=loss dropped, incoming DATA 12 of transfer 0123abcd, seed alice, draw 4; echo.log entry 7',
    ],
  ])('%#: %j', (fields, text) => {
    expect(describeMatch(match(fields))).toBe(text);
  });

  test('has no seed if it is unknown', () => {
    for (const unknown of [undefined, { ...active, seed: undefined }]) {
      expect(describeMatch(match({ active: unknown }))).toBe('fault=none, draw 4; echo.log entry 7');
    }
  });
});
