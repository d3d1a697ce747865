import type { Beginning, LivePacket } from '../../contract.ts';
import { type Message, messageOf } from './message.ts';

/** What a reader of a channel gets when it begins, or begins again. */
export interface Source {
  /** The newest packets with all changes so far, in the order of their ids. */
  newest(count: number): readonly LivePacket[];
  /** How many packets it has between two ids. */
  countBetween(after: number, before: number): number;
  /** What else a page must know. */
  state(): Beginning;
}

/** How many packets a page begins with, and how many are in one event. */
const NEWEST = 2_000;
const AT_ONCE = 500;

/** A place in a channel: the number of the message that comes next. */
export type Position = number;

/**
 * The messages of a stream that many pages read. It keeps the newest ones within a limit of bytes, so that each reader
 * has its own position and a slow one needs no memory of its own.
 */
export class Channel {
  /** Tells the channels of one server apart. */
  readonly name: string;
  readonly #source: Source;
  readonly #limit: number;
  readonly #wake: () => void;
  #messages: Message[] = [];
  /** The position of the first one that is kept. */
  #first: Position = 1;
  #bytes = 0;
  #snapshot: { readonly at: Position; readonly messages: readonly Message[] } | undefined;

  /** @param wake called after each new message */
  constructor(name: string, source: Source, limit: number, wake: () => void) {
    this.name = name;
    this.#source = source;
    this.#limit = limit;
    this.#wake = wake;
  }

  get end(): Position {
    return this.#first + this.#messages.length;
  }

  add(message: Message): void {
    this.#messages.push(message);
    this.#bytes += message.bytes.length;
    while (this.#bytes > this.#limit && this.#messages.length > 1) {
      this.#bytes -= this.#messages.shift()!.bytes.length;
      this.#first += 1;
    }
    this.#wake();
  }

  /** Whether a reader can go on there. */
  has(position: Position): boolean {
    return position >= this.#first && position <= this.end;
  }

  /** The message at a position that it has; undefined at the end. */
  at(position: Position): Message | undefined {
    return this.#messages[position - this.#first];
  }

  /** What a reader gets that begins at the end: the newest packets and the state. All that begin there share it. */
  beginning(): readonly Message[] {
    if (this.#snapshot?.at !== this.end) {
      const packets = this.#source.newest(NEWEST);
      const parts = Array.from({ length: Math.ceil(packets.length / AT_ONCE) }, (_, part) =>
        messageOf({ name: 'packets', data: packets.slice(part * AT_ONCE, (part + 1) * AT_ONCE) }),
      );
      const state = messageOf({ name: 'beginning', data: this.#source.state() });
      this.#snapshot = { at: this.end, messages: [...parts, state] };
    }
    return this.#snapshot.messages;
  }

  /** What was left out for a reader that begins again after the packet with this id; undefined if it was nothing. */
  omittedAfter(id: number): Message | undefined {
    const [next] = this.#source.newest(NEWEST);
    const count = next ? this.#source.countBetween(id, next.id) : 0;
    return next && count > 0
      ? messageOf({ name: 'omitted', data: { count, after: id, before: next.id } })
      : undefined;
  }
}
