import { expect, test } from '@jest/globals';
import type { Host } from '#lib/lab/hosts.ts';
import { payloadOf } from '#lib/packet/packet.ts';
import type { WireFinding, WireMatch } from './finding.ts';
import { wireVerdictOf } from './reasons.ts';
import { anyConditions, Chance, identical, sendMany, WholeWire } from './whole-wire-testing.ts';

const SEEDS = Array.from({ length: 10 }, (_, at) => `seed ${at + 1}`);
const PACKETS = 1_000;

function anyWire(seed: string): WholeWire {
  const chance = new Chance(seed);
  const up = anyConditions(chance);
  const wire = new WholeWire(seed, up, chance.next() < 0.5 ? up : anyConditions(chance));
  sendMany(wire, chance, PACKETS);
  return wire;
}

/** What is not as it should be, by its name. */
function wrong(found: readonly WireFinding[]): string[] {
  return found.flatMap((finding) => {
    if (finding.kind === 'decision') {
      return wireVerdictOf(finding) === 'confirmed' ? [] : `${finding.entry.fault} ${finding.reason}`;
    }
    if (finding.kind !== 'packet' || finding.entry || finding.fortune === 'arrived') return [];
    return `${finding.fortune} without an entry`;
  });
}

/** Matches of a numbered packet with one of another number. */
function exchanged(wire: WholeWire, found: readonly WireFinding[]): WireMatch[] {
  const frames = { client: wire.lab.captured('client'), server: wire.lab.captured('server') };
  const text = (host: Host, number: number) =>
    /number \d+ \w{8}/.exec(payloadOf(frames[host][number - 1]!.packet).toString('latin1'))?.[0];
  return found.filter((one): one is WireMatch => {
    if (one.kind !== 'decision' || !one.sent || ['corruption', 'tamper'].includes(one.entry.fault))
      return false;
    const own = text(one.from, one.sent.number);
    const receiver = one.from === 'client' ? 'server' : 'client';
    return own !== undefined && one.received.some(({ number }) => (text(receiver, number) ?? own) !== own);
  });
}

test.each(SEEDS)(
  'every entry of a wire with all faults is confirmed, though most packets are identical: %s',
  async (seed) => {
    const wire = anyWire(seed);
    const found = await wire.lab.find();
    expect(wrong(found)).toEqual([]);
    expect(exchanged(wire, found)).toEqual([]);
  },
);

test.each(SEEDS)('the same while the captures grow: %s', (seed) => {
  const wire = anyWire(seed);
  const found = wire.lab.findGrowing();
  expect(wrong(found)).toEqual([]);
  expect(exchanged(wire, found)).toEqual([]);
});

test.each(SEEDS)(
  'each of several identical packets that arrived against its entry is found: %s',
  async (seed) => {
    const chance = new Chance(seed);
    const wire = new WholeWire(seed, { faults: 'loss=0.2,duplicate=0.1' }, undefined, 0.2);
    for (let at = 0; at < PACKETS; at += 1) wire.send(identical[0]!(at), at * chance.next());
    wire.run();
    expect(wire.lies).toBeGreaterThan(10);
    const found = wrong(await wire.lab.find());
    const count = (name: string) => found.filter((one) => one === name).length;
    // Each packet that is missing without an entry leaves an entry without a missing packet.
    expect(count('loss arrived-anyway') - count('lost without an entry')).toBe(wire.lies);
    expect(count('lost without an entry')).toBeLessThan(3);
    expect(['loss arrived-anyway', 'lost without an entry']).toEqual(expect.arrayContaining(found));
  },
);
