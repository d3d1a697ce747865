import { expect, test } from '@jest/globals';
import type { Match } from '#analysis/join/finding.ts';
import { Lab, START } from '#analysis/wire/testing.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { CLIENT, tcpPacket } from '#lib/packet/testing.ts';
import { profiles } from './steps.ts';
import { tampering } from './tampering.ts';
import { attack, type Conditions, conditions } from './wire-steps.ts';
import { echoFrame, inForce, observed } from './wire-testing.ts';

const HELLO = `\x16\x03\x01${attack.name.find}\x00`;
const REFUSAL = 'refused: wrong HMAC\n';

interface Case {
  echo?: string;
  refusal?: string;
  isAltered?: boolean;
  overTls?: 'fails' | 'succeeds' | 'both';
}

/** A message in plain text, one with an HMAC, and a handshake, each altered by the wire. */
async function outcome({ echo = 'Bye\n', refusal = REFUSAL, isAltered = true, overTls = 'fails' }: Case) {
  const lab = new Lab();
  const sends = (time: number, port: number, { payload, set, of }: Sent) => {
    inForce(lab, time - 1, set);
    const packet = tcpPacket({ id: port, from: port, flags: 'AP', payload });
    const detail = {
      tamper: 'replace',
      offset: payload.indexOf(of.find),
      before: Buffer.from(of.find).toString('hex'),
      after: Buffer.from(of.put).toString('hex'),
    };
    lab.send(packet, isAltered ? { time, fault: 'tamper', detail } : { time });
  };
  sends(10, 40_001, { payload: HELLO, set: conditions.overTls, of: attack.name });
  sends(20, 40_002, { payload: 'Hey\n', set: conditions.plain, of: attack.message });
  lab.send(tcpPacket({ id: 3, from: 40_003, flags: 'AP', payload: 'Hey|hmac' }), {
    time: 21,
    fault: 'tamper',
    detail: { tamper: 'replace', offset: 0, before: '486579', after: '427965' },
  });
  const observations = await observed(lab, [
    echoFrame(2, { time: 10, port: 40_001 }),
    echoFrame(3, { time: 20, port: 40_002, text: 'Bye\n' }),
    echoFrame(4, { time: 21, port: 40_003, text: 'Bye|hmac' }),
    echoFrame(5, { time: 22, port: 40_002, text: echo, toServer: false }),
    echoFrame(6, { time: 23, port: 40_003, text: refusal, toServer: false }),
  ]);
  observations.addMatch(match('none', 3, 5, 20), profiles.wire);
  observations.addMatch(match('refused', 4, 6, 21), profiles.wire);
  if (overTls !== 'fails') observations.addMatch(match('none', 2, 2, 10), profiles.wire);
  if (overTls !== 'succeeds') {
    const entry = { event: 'handshake', server: 'echo', reason: 'a bad record', client_ip: CLIENT } as const;
    observations.handshakes.push({
      kind: 'handshake',
      entry: { timestamp: '', id: 9, ...entry, client_port: 40_001 },
      reason: 'handshake-failed',
      ...{ request: [{ number: 2, time: START + 10 }], response: [], shows: 2 },
    });
  }
  return tampering.evaluate(observations);
}

interface Sent {
  readonly payload: string;
  readonly set: Conditions;
  readonly of: (typeof attack)[keyof typeof attack];
}

function match(fault: string, request: number, response: number, time: number): Match {
  const entry = { timestamp: '', id: request, client_ip: CLIENT, protocol: 'tcp', fault, length: 3 };
  return {
    kind: 'match',
    entry: entry as unknown as MessageEntry,
    reason: 'response-sent',
    request: [{ number: request, time: START + time }],
    response: [{ number: response, time: START + time }],
    shows: response,
  };
}

test('agrees, with what was sent, what arrived and what was answered', async () => {
  const { agrees, seen, evidence } = await outcome({});
  expect(seen).toBe(
    'plain text: frame 3 has "Bye", frame 5 echoes "Bye"; HMAC: frame 6 answers "refused: wrong HMAC"; ' +
      'TLS: the TLS handshake failed: a bad record, no message arrives',
  );
  expect(agrees).toBe(true);
  expect(evidence.map(({ frame, marked }) => [frame?.host, frame?.number, marked?.length])).toEqual([
    ['client', 3, 3],
    [undefined, 3, 3],
    [undefined, 5, undefined],
    ['client', 4, 3],
    [undefined, 4, 3],
    [undefined, 6, undefined],
    ['client', 2, 11],
    [undefined, 2, undefined],
  ]);
  const [plain] = evidence;
  expect(String(plain!.frame!.payload)).toBe('Hey\n');
});

test.each<[string, Case]>([
  ['an echo of what was sent', { echo: 'Hey\n' }],
  ['an HMAC that is not refused', { refusal: 'Bye|hmac' }],
  ['a wire that alters nothing', { isAltered: false }],
  ['a handshake that succeeds', { overTls: 'succeeds' }],
  ['a message over TLS that arrives all the same', { overTls: 'both' }],
])('does not agree with %s', async (_what, run) => {
  expect((await outcome(run)).agrees).toBe(false);
});
