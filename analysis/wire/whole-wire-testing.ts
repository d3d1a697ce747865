import type { Host } from '#lib/lab/hosts.ts';
import { crcOf } from '#lib/message/crc.ts';
import { addressNumber } from '#lib/packet/packet.ts';
import { CLIENT, DOWN, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { below, Draws } from '#lib/runtime/random.ts';
import type { ConditionName } from '../../services/wire/conditions/conditions.ts';
import { Schedule } from '../../services/wire/link/schedule.ts';
import { conditionsOf } from '../../services/wire/testing.ts';
import { Wire } from '../../services/wire/wire.ts';
import { Lab } from './testing.ts';

type Texts = Partial<Record<ConditionName, string>>;

/** When the first packet is sent, in ms after the begin of the captures. */
const BEGIN = 1_000;
/** How exact the clock of a capture is here, in ms. */
const JITTER = 0.01;
/** `DF`: the sender allows no fragments, so its kernel gives no identification. */
const WHOLE = { id: 0, place: 0x4000 };

/** Random numbers that are the same for each seed. */
export class Chance {
  readonly #draws: Draws;
  #drawn = 0;

  constructor(seed: string) {
    this.#draws = new Draws(seed, 'whole wire');
  }

  next(): number {
    this.#drawn += 1;
    return this.#draws.at(this.#drawn);
  }

  below(count: number): number {
    return below(count, this.next());
  }

  of<One>(all: readonly One[]): One {
    return all[this.below(all.length)]!;
  }
}

/** Both hosts, the wire's own code between them, and the captures and the journal of it all. */
export class WholeWire {
  readonly lab = new Lab();
  readonly #chance: Chance;
  readonly #wire: Wire;
  readonly #events = new Schedule<() => void>();
  /** No packet overtakes another before the wire or after it. */
  readonly #last = new Map<string, number>();
  #now = BEGIN;
  /** How many packets have arrived although the journal calls them lost. */
  lies = 0;

  /** @param lying the share of lost packets that arrive */
  constructor(seed: string, up: Texts, down: Texts = up, lying = 0) {
    this.#chance = new Chance(seed);
    this.#wire = new Wire(
      seed,
      { up: conditionsOf(up), down: conditionsOf(down) },
      {
        address: addressNumber('10.0.77.1'),
        clientAddress: addressNumber(CLIENT),
        transmit: (bytes) => this.#arrive(Buffer.from(bytes)),
        onStruck: (struck) => {
          this.lab.journal(this.#now / 1_000, struck);
          if (struck.fault !== 'loss' || this.#chance.next() >= lying) return;
          this.lies += 1;
          this.#arrive(Buffer.from(struck.packet.bytes));
        },
      },
    );
  }

  /** @param time in ms after the first packet */
  send(bytes: Buffer, time: number): void {
    this.#events.add(BEGIN + time, () => {
      this.lab.see(hostOf(bytes), this.#stamp(), bytes);
      const forwarded = Buffer.from(bytes);
      forwarded[8]! -= 1;
      this.#later('wire', 0.3, () => this.#wire.receive(forwarded, this.#now));
    });
  }

  /** Lets everything arrive that was sent. */
  run(): void {
    for (let due: number | undefined; ; ) {
      const time = Math.min(this.#events.next ?? Number.POSITIVE_INFINITY, due ?? Number.POSITIVE_INFINITY);
      if (time === Number.POSITIVE_INFINITY) return;
      this.#now = Math.max(this.#now, time);
      for (let event = this.#events.take(this.#now); event; event = this.#events.take(this.#now)) event();
      due = this.#wire.advance(this.#now);
      // A timer fires late.
      if (due !== undefined) due += 0.1 * this.#chance.next();
    }
  }

  #arrive(bytes: Buffer): void {
    const to = parsed(bytes).destination === addressNumber(CLIENT) ? 'client' : 'server';
    this.#later(to, 0.1, () => this.lab.see(to, this.#stamp(), bytes));
  }

  #later(way: string, most: number, then: () => void): void {
    const due = Math.max(this.#now + 0.03 + most * this.#chance.next(), this.#last.get(way) ?? 0);
    this.#last.set(way, due);
    this.#events.add(due, then);
  }

  #stamp(): number {
    return (this.#now + JITTER * (2 * this.#chance.next() - 1)) / 1_000;
  }
}

function hostOf(bytes: Buffer): Host {
  return parsed(bytes).source === addressNumber(CLIENT) ? 'client' : 'server';
}

type Kind = (number: number) => Buffer;

/** Packets that are identical each time. */
export const identical: readonly Kind[] = [
  () => udpPacket({ ...WHOLE, payload: 'Hey|e4599fa9' }),
  () => udpPacket({ ...WHOLE, ...DOWN, from: 9_091, to: 40_000, payload: 'Hey|e4599fa9' }),
  () => udpPacket({ ...WHOLE, payload: '' }),
  () => icmpPacket({ ...WHOLE, payload: 'ping' }),
  () => icmpPacket({ ...WHOLE, ...DOWN, type: 0, payload: 'ping' }),
  () => tcpPacket({ ...WHOLE, flags: 'S', sequence: 77 }),
  () => tcpPacket({ ...WHOLE, ...DOWN, from: 9_090, to: 40_000, flags: 'R', sequence: 7 }),
  () => tcpPacket({ ...WHOLE, flags: 'A', sequence: 8, acknowledgment: 9 }),
  () => ipPacket(47, Buffer.from('tunnel'), WHOLE),
];

/** Packets of which each has a number in its payload. */
export const numbered: readonly Kind[] = [
  (number) => udpPacket({ ...WHOLE, from: 41_000, payload: `${marked(number)}` }),
  (number) => udpPacket({ id: number & 0xffff, from: 41_001, payload: `${marked(number)}` }),
  (number) =>
    udpPacket({
      ...WHOLE,
      ...DOWN,
      from: 9_091,
      to: 41_000,
      payload: `${marked(number)}`.padEnd(900, '.'),
    }),
  (number) =>
    icmpPacket({ ...WHOLE, identifier: 9, sequence: number & 0xffff, payload: `${marked(number)}` }),
  (number) =>
    tcpPacket({
      place: 0x4000,
      id: number & 0xffff,
      from: 42_000,
      sequence: number * 40,
      flags: 'AP',
      payload: `${marked(number)}`.padEnd(40, '.'),
    }),
];

const FAULTS = ['loss', 'duplicate', 'reorder', 'corruption', 'tamper'];

/** Conditions with some of all faults. */
export function anyConditions(chance: Chance): Texts {
  const maybe = (texts: Texts, probability = 0.4): Texts => (chance.next() < probability ? texts : {});
  const faults = FAULTS.flatMap((fault) =>
    chance.next() < 0.5 ? `${fault}=${(0.02 + 0.17 * chance.next()).toFixed(3)}` : [],
  );
  return {
    faults: faults.join(',') || 'none',
    tamper: chance.of(['replay 20ms', 'replay 3ms', 'rst', 'replace pay=bay', 'replace Hey=Bye']),
    reorderBy: chance.of(['1', '2', '3']),
    ...maybe({ delay: chance.of(['2ms', '30ms']) }),
    ...maybe({ jitter: chance.of(['0.5ms', '5ms normal', '20ms']), order: chance.of(['keep', 'free']) }),
    ...maybe({ burst: '4' }, 0.2),
    ...maybe({ rate: chance.of(['1mbit', '5mbit']), queue: chance.of(['5', '40']) }, 0.3),
    ...maybe({ mtu: chance.of(['600', '600 black-hole']) }, 0.2),
  };
}

/** Between two packets of a sender, in ms. */
const PAUSES = [0, 0.01, 0.05, 0.3, 1, 4];

/** Sends many packets, in bursts of one kind, and lets all of them arrive. */
export function sendMany(wire: WholeWire, chance: Chance, count: number): void {
  let time = 0;
  for (let number = 0; number < count; ) {
    const kind = chance.of(chance.next() < 0.7 ? identical : numbered);
    const pause = chance.of(PAUSES);
    for (let burst = 1 + chance.below(30); burst > 0 && number < count; burst -= 1, number += 1) {
      wire.send(kind(number), time);
      time += pause * 2 * chance.next();
    }
    if (chance.next() < 0.1) time += 300 * chance.next();
  }
  wire.run();
}

/** A text that one wrong bit never makes the text of another number. */
function marked(number: number): string {
  return `number ${number} ${crcOf(Buffer.from(String(number)))} pay`;
}
