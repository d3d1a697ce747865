import { describe, expect, test } from '@jest/globals';
import { hmacKey } from '#lib/message/hmac.ts';
import { encodeDatagram, hmacProblem, type Signature } from '#lib/transfer/datagram.ts';
import { decodeOpen } from '#lib/transfer/open.ts';
import { abort, ID, receiver, type Server, signing, useScriptedTransfers } from '../transfer/testing.ts';

const server = useScriptedTransfers();

const token = 'alice';
const own: Signature = { key: hmacKey(token)!, side: 'S' };
const other: Signature = { key: hmacKey('bob')!, side: 'S' };
/** Long enough that nothing is retransmitted. */
const patient = { minRto: 10_000, maxRto: 10_000 };
/** Long enough for an immediate answer. */
const impatient = { minRto: 300, maxRto: 300, tries: 2 };

const kinds = () => server.received.map(({ kind }) => kind);
const failed = (error: string) => ({
  code: 1,
  lines: [`error: [CLIENT] Transfer ${ID} failed: ${error}`],
});

/** Sends one reply before everything else. */
function first(reply: Buffer, then: Server): Server {
  let replied = false;
  return (datagram, send) => {
    if (!replied) send(reply);
    replied = true;
    then(datagram, send);
  };
}

describe('with a token', () => {
  test('a transfer is signed in both directions, and comes back', async () => {
    const { code, lines } = await server.run(signing(receiver(), own), { text: 'Hello', echo: true, token });
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatch(/came back {3}5 bytes .* the same bytes/);
    for (const [index, datagram] of server.received.entries()) {
      const bytes = server.receivedBytes[index]!;
      expect(hmacProblem(bytes, datagram, { ...own, side: 'C' })).toBeUndefined();
    }
    expect(JSON.stringify([lines, server.receivedBytes.map(String)])).not.toContain(token);
  });

  test('the sent bytes include the HMACs', async () => {
    const { lines } = await server.run(signing(receiver(), own), {
      text: 'Hello',
      token,
      segment: 5,
      json: true,
      ...patient,
    });
    const sent = server.receivedBytes.reduce((sum, bytes) => sum + bytes.length, 0);
    expect(JSON.parse(lines[0]!)).toMatchObject({ bytes: 5, sent_bytes: sent });
  });

  test('an OPEN has its time', async () => {
    await server.run(signing(receiver(), own), { text: '', token });
    expect(decodeOpen(server.received[0]!.payload)).toMatchObject({ at: 1_735_787_045_006 });
  });

  test('a segment is as large as an HMAC leaves room for', async () => {
    await server.run(signing(receiver(), own), {
      text: 'x'.repeat(2_000),
      token,
      segment: undefined,
      ...patient,
    });
    expect(
      server.received.filter(({ kind }) => kind === 'DATA').map(({ payload }) => payload.length),
    ).toEqual([1_243, 757]);
    expect(Math.max(...server.receivedBytes.map(({ length }) => length))).toBe(1_400);
  });

  test('a larger segment is not allowed', async () => {
    expect(await server.run(receiver(), { text: '', token, segment: 1_244 })).toEqual({
      code: 2,
      lines: ['error: --segment is "1244"; allowed with LAB_TOKEN: 1 to 1243'],
    });
  });

  test.each<[string, Signature | undefined]>([
    ['that is not signed', undefined],
    ['of another token', other],
  ])(
    'an ABORT %s ends it at its beginning, with a hint, and the client sends no ABORT',
    async (_which, by) => {
      const scripted: Server = (one, reply) => reply(encodeDatagram(abort('no', one), by));
      const hint =
        'check that client and server have the same LAB_TOKEN. ' +
        'This refusal is not signed, so somebody else may have sent it';
      expect(await server.run(scripted, { text: 'Hello', token, ...patient })).toEqual(failed(`no; ${hint}`));
      expect(kinds()).toEqual(['OPEN']);
    },
  );

  test('an ABORT that is signed with its token ends it as usual', async () => {
    const scripted: Server = (one, reply) => reply(abort('no more room', one));
    expect(await server.run(signing(scripted, own), { text: 'Hello', token, ...patient })).toEqual(
      failed('no more room'),
    );
  });

  test.each([undefined, other])(
    'an ABORT without a valid HMAC is ignored after the first signed datagram',
    async (by) => {
      const honest = signing(receiver(), own);
      const { code } = await server.run(
        (one, reply) => {
          honest(one, reply);
          reply(encodeDatagram(abort('stop', one), by));
        },
        { text: 'Hello', token, ...patient },
      );
      expect(code).toBe(0);
    },
  );

  test('the reason of an ignored ABORT is printed when nothing else arrives, for example after a restart of the server', async () => {
    const honest = signing(receiver(), own);
    const { code, lines } = await server.run(
      (one, reply) => (one.kind === 'OPEN' ? honest(one, reply) : reply(abort('no such transfer', one))),
      { text: 'He', token, ...impatient },
    );
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(
        /failed: segment 1 timed out 2 times and was never acknowledged; ignored \d+ datagrams with a missing or wrong HMAC \(check LAB_TOKEN\), one of them an ABORT: no such transfer$/,
      ),
    ]);
  });

  test.each([
    ['of a server without a token', (server: Server) => server],
    ['of another token', (server: Server) => signing(server, other)],
    [
      'of its own side, as when its own come back',
      (server: Server) => signing(server, { ...own, side: 'C' }),
    ],
  ])('ACKs %s are ignored, and the error message reports them', async (_whose, as) => {
    expect(await server.run(as(receiver()), { text: 'Hello', token, ...impatient })).toEqual(
      failed(
        'segment 0 timed out 2 times and was never acknowledged; ' +
          'ignored 2 datagrams with a missing or wrong HMAC (check LAB_TOKEN)',
      ),
    );
    expect(kinds().slice(0, 2)).toEqual(['OPEN', 'OPEN']);
  });

  test('its own OPEN, sent back to it, opens nothing', async () => {
    const honest = signing(receiver(), own);
    const { code, lines } = await server.run(
      (one, reply) => {
        if (one.kind === 'CLOSE') reply(server.receivedBytes[0]!);
        honest(one, reply);
      },
      { text: 'Hello', echo: true, token },
    );
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatch(/the same bytes/);
  });

  test('a damaged datagram counts as damaged, not as unsigned', async () => {
    const { lines } = await server.run(
      first(Buffer.from('wirelab/1 and nothing'), signing(receiver(), own)),
      { text: 'Hello', token, json: true, ...patient },
    );
    expect(JSON.parse(lines[0]!)).toMatchObject({ ignored: { damaged: 1 } });
  });
});

describe('without a token', () => {
  test.each([{}, { token: '' }])('nothing is signed, and a segment has its full size: %j', async (given) => {
    await server.run(receiver(), { text: 'x'.repeat(1_400), segment: undefined, ...patient, ...given });
    const [opened, ...others] = server.received;
    expect(String(opened!.payload)).not.toContain(' at=');
    expect(others.map(({ payload }) => payload.length).slice(0, 2)).toEqual([1_320, 80]);
    expect(server.receivedBytes[0]).toEqual(encodeDatagram(opened!));
  });

  test('the ABORT of a server with a token tells what it requires', async () => {
    const reason = 'no HMAC, and this server wants one (LAB_TOKEN)';
    const scripted = signing((one, reply) => reply(abort(reason, one)), own);
    expect(await server.run(scripted, { text: 'Hello', ...patient })).toEqual(failed(reason));
  });
});
