import type { Carried } from '#analysis/capture/packet.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Protocol } from '#lib/packet/packet.ts';
import type { Comment, Direction, Fate, LivePacket, PacketChange } from '../contract.ts';
import type { RawFrame, StoredPacket } from './types.ts';

/** What Wireshark says of a packet, and what follows from its bytes. It stays as it is. */
export type Columns = Omit<
  LivePacket,
  'id' | 'time' | 'arrived' | 'direction' | 'conversation' | 'frames' | 'fate' | 'comments' | 'exposes'
>;

/** Where a packet goes, and what is known of that at first. */
export type Way = Pick<Trip, 'direction' | 'fate'>;

type Changing = Exclude<keyof PacketChange, 'id'>;

/** The way of one packet, from the frame of its sender to the frames of its receiver. */
export class Trip {
  /** The capture by which it is shown: that of its sender, if it has it. */
  readonly host: Host;
  readonly time: number;
  readonly direction: Direction;
  readonly protocol: Protocol | undefined;
  readonly raw: RawFrame[] = [];
  /** What anybody on the way can read in it. */
  readonly exposes = new Set<string>();
  /** 0 until it is shown. */
  id = 0;
  columns: Columns | undefined;
  /** Its segment or datagram, until it is shown. */
  carried: Carried | undefined;
  conversation = '';
  fate: Fate;
  arrived: number | undefined;
  #comments: readonly Comment[] = [];
  readonly #numbers: (readonly [host: Host, number: number])[] = [];
  #frames: LivePacket['frames'] = {};
  readonly #changed = new Set<Changing>();

  constructor({
    host,
    time,
    way,
    protocol,
  }: Pick<Trip, 'host' | 'time' | 'protocol'> & { readonly way: Way }) {
    this.host = host;
    this.time = time;
    this.protocol = protocol;
    this.direction = way.direction;
    this.fate = way.fate;
  }

  /** Bytes of its frames. */
  get size(): number {
    return this.raw.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** The numbers of its frames, by host. A packet that was cut on the way has several. */
  get numbers(): readonly (readonly [host: Host, number: number])[] {
    return this.#numbers;
  }

  get frames(): LivePacket['frames'] {
    return this.#frames;
  }

  /** A capture has it as this frame. */
  addFrame(number: number, raw: RawFrame): void {
    this.raw.push(raw);
    this.#numbers.push([raw.host, number]);
    if (this.#frames[raw.host] !== undefined) return;
    this.#frames = { ...this.#frames, [raw.host]: number };
    this.#changed.add('frames');
  }

  arrive(time: number): void {
    if (this.arrived !== undefined) return;
    this.arrived = time;
    this.#changed.add('arrived');
    if (this.fate === 'travelling' || this.fate === 'unseen' || this.fate === 'lost') this.setFate('arrived');
  }

  setFate(fate: Fate): void {
    if (fate === this.fate) return;
    this.fate = fate;
    this.#changed.add('fate');
  }

  comment(comment: Comment): void {
    this.#comments = [...this.#comments, comment];
    this.#changed.add('comments');
  }

  /** Takes a comment back. */
  uncomment(comment: Comment): void {
    this.#comments = this.#comments.filter((one) => one !== comment);
    this.#changed.add('comments');
  }

  expose(what: string): void {
    if (this.exposes.has(what)) return;
    this.exposes.add(what);
    this.#changed.add('exposes');
  }

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** What has changed since the last call. */
  takeChange(): PacketChange {
    const { id, arrived, frames, fate } = this;
    const all = { arrived, frames, fate, comments: this.#comments, exposes: [...this.exposes] };
    const changed = [...this.#changed].map((name) => [name, all[name]]);
    this.#changed.clear();
    return { id, ...Object.fromEntries(changed) };
  }

  /** It is shown from now on. */
  show(id: number, conversation: string): void {
    this.id = id;
    this.conversation = conversation;
    this.carried = undefined;
    this.#changed.clear();
  }

  get packet(): LivePacket {
    const columns = this.columns!;
    const { id, time, arrived, direction, conversation, frames, fate } = this;
    return {
      ...{ id, time, arrived, direction, ...columns, conversation, frames, fate },
      comments: this.#comments,
      exposes: [...this.exposes],
    };
  }

  get stored(): StoredPacket {
    const { raw } = this;
    const own = (one: RawFrame) => (one.host === this.host ? 0 : 1);
    return { packet: this.packet, raw: raw.toSorted((one, other) => own(one) - own(other)) };
  }
}
