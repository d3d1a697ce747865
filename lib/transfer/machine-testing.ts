import { isDeepStrictEqual } from 'node:util';
import type { Datagram } from './datagram.ts';
import type { EndParts } from './end.ts';
import type { SegmentKind } from './kinds.ts';
import type {
  Mode,
  ReceiverAction,
  ReceiverState,
  Segment,
  SenderAction,
  SenderEvent,
  SenderOptions,
  SenderState,
} from './machine.ts';
import { firstReceiverState } from './receiver.ts';
import { firstSenderState, hasRoom } from './sender.ts';

// Helpers for the tests of the machines and of the ends. Actions and datagrams are written as short text.

/** A copy of a state when the machine returned it, and the state itself, from which the machine has continued. */
interface Remembered<State> {
  readonly state: State;
  readonly copy: State;
}

function remember<State>(states: Remembered<State>[], state: State): State {
  states.push({ state, copy: structuredClone(state) });
  return state;
}

/** The returned states that were changed later. */
export function changedStates({ states }: { readonly states: readonly Remembered<unknown>[] }) {
  return states.filter(({ state, copy }) => !isDeepStrictEqual(structuredClone(state), copy));
}

/** The sender of a protocol, with a timeout of at least 100 ms. Each event returns the actions, as text. */
export class TestSender {
  readonly states: Remembered<SenderState>[] = [];
  readonly #mode: Mode;
  #state: SenderState;

  constructor(mode: Mode, options: Partial<SenderOptions> = {}) {
    this.#mode = mode;
    const all = { window: 3, space: 100, rto: { min: 100, max: 60_000 }, tries: 10, ...options };
    this.#state = remember(this.states, firstSenderState(all));
  }

  /** A sender whose OPEN, number 0, was acknowledged at 20 ms. Its timeout is 100 ms from then on. */
  static opened(mode: Mode, options: Partial<SenderOptions> = {}): TestSender {
    const sender = new TestSender(mode, options);
    sender.offer(0, 'open');
    sender.ack(20, 0);
    return sender;
  }

  get state(): SenderState {
    return this.#state;
  }

  get hasRoom(): boolean {
    return hasRoom(this.#state);
  }

  /** Offers a segment for each text. */
  offer(now: number, ...texts: readonly string[]): string[] {
    return texts.flatMap((text) => this.#take({ on: 'offer', now, segment: segment(text) }));
  }

  ack(now: number, number: number, window = this.#state.options.window): string[] {
    return this.#take({ on: 'ack', now, number, window });
  }

  timeout(now = this.#state.alarm!): string[] {
    return this.#take({ on: 'timeout', now });
  }

  #take(event: SenderEvent): string[] {
    const [state, actions] = this.#mode.send(this.#state, event);
    this.#state = remember(this.states, state);
    return actions.map(tellSenderAction);
  }
}

function tellSenderAction(action: SenderAction): string {
  switch (action.do) {
    case 'send':
      return `send ${action.number} ${action.segment.payload}, ${action.cause}`;
    case 'arrived':
      return `arrived ${action.segment.payload}`;
    case 'measured':
      return `measured ${action.milliseconds}`;
    case 'ignored':
      return action.ack;
    case 'give-up':
      return `give up ${action.number} after ${action.tries}`;
  }
}

/** The receiver of a protocol. Each segment returns the actions, as text. */
export class TestReceiver {
  readonly states: Remembered<ReceiverState>[] = [];
  readonly #mode: Mode;
  #state: ReceiverState;

  constructor(mode: Mode, { window = 3, space = 100 } = {}) {
    this.#mode = mode;
    this.#state = remember(this.states, firstReceiverState({ window, space }));
  }

  get state(): ReceiverState {
    return this.#state;
  }

  take(number: number, text: string): string[] {
    const [state, actions] = this.#mode.receive(this.#state, { number, segment: segment(text) });
    this.#state = remember(this.states, state);
    return actions.map(tellReceiverAction);
  }
}

function tellReceiverAction(action: ReceiverAction): string {
  if (action.do === 'deliver') return `deliver ${action.segment.payload}`;
  return action.do === 'ack' ? `ack ${action.number}` : action.why;
}

function segment(text: string): Segment {
  return { kind: 'DATA', payload: Buffer.from(text) };
}

/** The surroundings of an end of a transfer. They keep its datagrams, and a test moves the time. */
export class Surroundings {
  now = 0;
  /** When the timer rings; undefined while none is set. */
  ringsAt: number | undefined;
  readonly parts: EndParts = {
    transmit: (datagram) => this.#sent.push(datagram),
    clock: () => this.now,
    timer: (milliseconds, ring) => {
      if (this.ringsAt !== undefined) throw new Error('one timer is enough');
      this.ringsAt = this.now + milliseconds;
      this.#ring = ring;
      return () => {
        if (this.#ring === ring) this.ringsAt = undefined;
      };
    },
  };
  #ring: () => void = () => undefined;
  #sent: Datagram[] = [];

  /** Lets the time pass until the timer rings. */
  ring(): void {
    this.now = this.ringsAt!;
    this.ringsAt = undefined;
    this.#ring();
  }

  /** The datagrams since the last call. */
  look(): Datagram[] {
    return this.#sent.splice(0);
  }

  /** The same as text: kind, number and payload. */
  told(): string[] {
    return this.look().map(({ kind, sequence, ack, payload }) =>
      `${kind} ${kind === 'ACK' ? ack : sequence} ${payload}`.trimEnd(),
    );
  }
}

/** What the ACK of the OPEN allows, and what may be on the way then, when a window of three was asked for. */
export const allowances = [
  ['as many as the receiver allows', 2, 2],
  ['not more than it asked for', 9, 3],
  ['at least one', 0, 1],
] as const;

export const ID = '0123abcd';
/** SHA-256 of nothing, and of `abcd`. */
export const SHA_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
export const SHA_OF_ABCD = '88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589';

export function receiptText(bytes: number, sha256: string, duplicates = 0, outOfOrder = 0): string {
  return `bytes=${bytes} sha-256=${sha256} duplicates=${duplicates} out-of-order=${outOfOrder}`;
}

export function segmentDatagram(kind: SegmentKind, sequence: number, text = ''): Datagram {
  const payload = Buffer.from(text);
  return { kind, id: ID, mode: 'go-back-n', sequence, ack: 0, window: 0, payload };
}

export function ackDatagram(ack: number, { window = 3, text = '' } = {}): Datagram {
  return { kind: 'ACK', id: ID, mode: 'go-back-n', sequence: 0, ack, window, payload: Buffer.from(text) };
}
