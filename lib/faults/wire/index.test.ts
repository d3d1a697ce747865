import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePacket } from '#lib/packet/packet.ts';
import { anyPacket, tcpPacket } from '#lib/packet/testing.ts';
import { faults } from './all.ts';
import { drawnNames, wireFaultCalled, wireFaultFor, wireVerbs } from './index.ts';
import { decide, packetsOf } from './testing.ts';

const pay = { how: 'replace', find: Buffer.from('a'), put: Buffer.from('b') } as const;
const options = {
  reorderBy: 2,
  mtu: 68,
  delay: { ms: 5, jitterMs: 1, shape: 'normal' },
  tamper: pay,
} as const;

describe('the names', () => {
  test('of a fault profile keep the order in which a draw is compared with them', () => {
    expect(drawnNames).toEqual({
      noun: 'fault',
      faults: ['loss', 'duplicate', 'reorder', 'corruption', 'tamper'],
      rest: 'none',
    });
  });

  test.each(faults.map((fault) => [fault.name, fault] as const))('find the fault %s', (name, fault) => {
    expect(wireFaultCalled(name)).toBe(fault);
  });

  test.each(['none', 'constructor', ''])('find nothing for "%s"', (name) => {
    expect(wireFaultCalled(name)).toBeUndefined();
  });
});

describe('the verbs of a script', () => {
  test('find the faults of numbered packets', () => {
    expect(wireVerbs.map((verb) => [verb, wireFaultFor(verb)?.name])).toEqual([
      ['drop', 'loss'],
      ['duplicate', 'duplicate'],
      ['reorder', 'reorder'],
      ['corrupt', 'corruption'],
      ['tamper', 'tamper'],
      ['delay', 'delay'],
    ]);
  });

  test.each(['mtu', 'loss', ''])('find nothing for "%s"', (verb) => {
    expect(wireFaultFor(verb)).toBeUndefined();
  });
});

describe.each(faults.map((fault) => [fault.name, fault] as const))('%s', (_name, fault) => {
  test('says what each field of its journal entry means', () => {
    const tamperings = [pay, { how: 'replay', afterMs: 1 }, { how: 'rst' }] as const;
    const fields = tamperings.flatMap((tamper) =>
      Object.keys(decide(fault, tcpPacket({ payload: 'a'.repeat(60) }), { ...options, tamper })!.detail),
    );
    expect(new Set(fields)).toEqual(new Set(Object.keys(fault.fields)));
  });

  test('makes packets of any packet, and leaves the given one as it was', () => {
    const tampering = fc.constantFrom(
      pay,
      { how: 'replay', afterMs: 1 } as const,
      { how: 'rst' } as const,
      undefined,
    );
    const oversize = fc.constantFrom('icmp', 'black-hole');
    const random = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true });
    fc.assert(
      fc.property(anyPacket, random, tampering, oversize, (packet, number, tamper, how) => {
        const before = Buffer.from(packet.bytes);
        const decided = decide(fault, packet, { ...options, random: number, tamper, oversize: how });
        for (const bytes of packetsOf(decided?.steps ?? [])) {
          expect(parsePacket(bytes)?.bytes).toEqual(bytes);
        }
        expect(packet.bytes).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });
});
