import type { Mode, ReceiverState, Segment, SenderAction, SenderEvent, SenderState } from './machine.ts';
import { firstReceiverState } from './receiver.ts';
import { firstSenderState, hasRoom } from './sender.ts';

/** The delay of the wire in one direction, in ms. */
export const ONE_WAY_MS = 10;
const RTO = { min: 15, max: 60 };
/** The delay of a swapped datagram that no other one overtakes, in ms. */
const SWAPPED_MS = 40;
/** A transfer with more events than this counts as endless. */
const MOST_EVENTS = 1_000;

/** What the wire does to the datagrams of both directions, in the order of sending. */
export const fates = [
  'arrives',
  'is lost',
  'is altered',
  'is doubled',
  'is late',
  'is swapped',
  'is doubled late',
] as const;
export type Fate = readonly [what: (typeof fates)[number], milliseconds: number];

export interface Schedule {
  readonly segments: number;
  readonly window: number;
  readonly space: number;
  /** `kept`: nothing overtakes anything, as on a cable. */
  readonly order: 'kept' | 'any';
  /** Datagrams that may follow a datagram in its direction before it has arrived or is lost. */
  readonly life: number;
  /** What happens to the first datagrams. All others arrive. */
  readonly fates: readonly Fate[];
  readonly tries?: number;
}

interface Copy {
  readonly at: number;
  readonly toReceiver: boolean;
  readonly number: number;
  /** The number of datagrams before it in its direction. */
  readonly sent: number;
  readonly altered: boolean;
  readonly segment: Segment | undefined;
}

/** How a transfer ended. */
export interface Ended {
  readonly delivered: number;
  /** Acknowledged, in order. */
  readonly arrived: number;
  readonly gaveUp: boolean;
  readonly milliseconds: number;
}

const EMPTY = Buffer.alloc(0);
// In a test a global is looked up through a proxy, which is slow in code that runs 100,000 times.
const ENDLESS = Number.POSITIVE_INFINITY;

/**
 * Runs a transfer through both machines of a protocol, over a wire that follows a schedule.
 *
 * @throws Error when something is wrong: a segment is delivered twice or out of order; one counts as arrived and is
 * not. Also when too many segments are on the way, a round trip is shorter than the wire, or there is no end.
 */
export function simulate(mode: Mode, schedule: Schedule): Ended {
  const { window, space, tries = ENDLESS } = schedule;
  const segments = Array.from({ length: schedule.segments }, (_, index): Segment => {
    const kind = index === 0 ? 'OPEN' : index === schedule.segments - 1 ? 'CLOSE' : 'DATA';
    return { kind, payload: EMPTY };
  });
  let sender: SenderState = firstSenderState({ window, space, rto: RTO, tries });
  let receiver: ReceiverState = firstReceiverState({ window, space });
  const wire = new SimulatedWire(schedule);
  let offered = 0;
  let delivered = 0;
  let arrived = 0;
  let now = 0;

  const send = (event: SenderEvent) => {
    const [next, actions] = mode.send(sender, event);
    sender = next;
    for (const action of actions) carryOut(action);
    must(sender.sent.length <= window, 'more is under way than the window allows');
    must(
      (sender.alarm !== undefined) === (sender.sent.length > 0 && sender.givenUp === undefined),
      'the alarm is not that of what is under way',
    );
  };
  const carryOut = (action: SenderAction) => {
    if (action.do === 'send') {
      wire.send({ toReceiver: true, number: action.number, segment: action.segment, now });
    } else if (action.do === 'arrived') {
      if (arrived >= delivered || action.segment !== segments[arrived]) {
        throw new Error(`segment ${segments.indexOf(action.segment)} counts as arrived and is not`);
      }
      arrived += 1;
    } else if (action.do === 'measured' && action.milliseconds < 2 * ONE_WAY_MS) {
      throw new Error(`a round trip of ${action.milliseconds} ms was measured`);
    }
  };
  const receive = ({ number, segment }: Copy) => {
    const [next, actions] = mode.receive(receiver, { number, segment: segment! });
    receiver = next;
    for (const action of actions) {
      if (action.do === 'ack') {
        wire.send({ toReceiver: false, number: action.number, segment: undefined, now });
      } else if (action.do === 'deliver') {
        if (action.segment !== segments[delivered]) {
          const index = segments.indexOf(action.segment);
          throw new Error(`segment ${index} was delivered in place of ${delivered}`);
        }
        delivered += 1;
      }
    }
  };
  const offer = () => {
    while (offered < segments.length && hasRoom(sender)) {
      send({ on: 'offer', now, segment: segments[offered]! });
      offered += 1;
    }
  };

  offer();
  for (let events = 0; sender.givenUp === undefined && arrived < segments.length; events += 1) {
    must(events < MOST_EVENTS, 'it does not end');
    const copy = wire.next(sender.alarm);
    now = copy?.at ?? sender.alarm!;
    if (!copy) send({ on: 'timeout', now });
    else if (copy.altered) continue;
    else if (copy.toReceiver) receive(copy);
    else send({ on: 'ack', now, number: copy.number, window });
    offer();
  }
  const gaveUp = sender.givenUp !== undefined;
  must(gaveUp || delivered === segments.length, 'not all was delivered');
  return { delivered, arrived, gaveUp, milliseconds: now };
}

interface Departure {
  readonly toReceiver: boolean;
  readonly number: number;
  /** Undefined for an ACK. */
  readonly segment: Segment | undefined;
  readonly now: number;
}

/** Carries datagrams in both directions, by its schedule. */
class SimulatedWire {
  readonly #schedule: Schedule;
  readonly #flying: Copy[] = [];
  #sent = 0;
  readonly #sentTo = [0, 0];
  readonly #latest = [0, 0];

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  send({ toReceiver, number, segment, now }: Departure): void {
    const [what, milliseconds] = this.#schedule.fates[this.#sent] ?? ['arrives', 0];
    const way = toReceiver ? 1 : 0;
    this.#sent += 1;
    this.#sentTo[way]! += 1;
    const fly = (late: number, altered = false) => {
      let at = now + ONE_WAY_MS + late;
      const latest = this.#latest[way]!;
      if (this.#schedule.order === 'kept') at = this.#latest[way] = at > latest ? at : latest;
      this.#flying.push({ at, toReceiver, number, sent: this.#sentTo[way]!, altered, segment });
    };
    if (what === 'is altered') fly(0, true);
    else if (what === 'is late') fly(milliseconds);
    else if (what === 'is swapped') fly(SWAPPED_MS);
    else if (what !== 'is lost') fly(0);
    if (what === 'is doubled') fly(0);
    if (what === 'is doubled late') fly(milliseconds);
  }

  /** The next datagram that arrives, unless the alarm rings before. */
  next(alarm: number | undefined): Copy | undefined {
    for (;;) {
      const first = indexOfFirst(this.#flying);
      if (first < 0 || (alarm !== undefined && alarm < this.#flying[first]!.at)) return undefined;
      const [copy] = this.#flying.splice(first, 1);
      if (this.#sentTo[copy!.toReceiver ? 1 : 0]! - copy!.sent <= this.#schedule.life) return copy!;
    }
  }
}

/** The index of the datagram that arrives first; -1 when there is none. */
function indexOfFirst(flying: readonly Copy[]): number {
  let first = -1;
  for (let index = 0; index < flying.length; index += 1) {
    if (first < 0 || flying[index]!.at < flying[first]!.at) first = index;
  }
  return first;
}

function must(holds: boolean, complaint: string): asserts holds {
  if (!holds) throw new Error(complaint);
}
