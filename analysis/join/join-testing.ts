import { ACK, FIN, type Frame, RST, SYN } from '#analysis/capture/frames.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type {
  DatagramEntry,
  Entry,
  EventEntry,
  EventName,
  EventNamed,
  HttpEntry,
  MessageEntry,
} from '#lib/journal/schema.ts';
import { Message } from '#lib/message/message.ts';
import { type Datagram, encodeDatagram, tagAsSent } from '#lib/transfer/datagram.ts';
import { join } from './join.ts';
import type { HandshakeTie, Loose, Tie } from './tie.ts';

/** When the wires of the tests begin, in seconds since 1970. */
export const BEGINNING = 1_750_000_000;
const CLIENT = '10.0.142.133';
const NONE: readonly string[] = [];

type Octets = string | Buffer;
type Side = 'client' | 'server';

/** What is told of a frame beside what follows from its place. */
type FrameFields = Partial<
  Pick<Frame, 'seq' | 'ack' | 'flags' | 'requests' | 'begin' | 'codes' | 'sealed' | 'hasData' | 'hasAlert'>
>;
type MessageFields = Partial<Omit<MessageEntry, 'timestamp' | 'id'>>;
type DatagramFields = Partial<Omit<DatagramEntry, 'timestamp' | 'id'>>;

export interface Joined {
  readonly ties: readonly Tie[];
  readonly loose: readonly Loose[];
  readonly handshakes: readonly HandshakeTie[];
  /** What is said of the clocks. */
  readonly clock: string | undefined;
}

/** Text as octets, each character one. */
export function octets(text: Octets): Buffer {
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
}

/** Numbers frames, keeps the time, and has the journal of what is decided meanwhile. */
export class Wire {
  readonly frames: Frame[] = [];
  readonly entries: Entry[] = [];
  /** Seconds from one frame to the next. */
  step = 0.0003;
  #micros = 0;
  /** Seconds by which the clock of the capture, and that of the journal, are ahead of the time that passes. */
  captureAhead = 0;
  journalAhead = 0;

  /** In seconds since 1970. */
  get now(): number {
    return BEGINNING + this.#micros / 1e6;
  }

  /** The number of the next draw. */
  get draw(): number {
    return this.entries.length + 1;
  }

  /** What an entry says of a message that is answered as it is. */
  entryOf(bytes: Buffer): Pick<MessageEntry, 'fault' | 'message' | 'length' | 'tag'> {
    const { bodyLength, tag } = new Message(bytes);
    return { fault: 'none', message: this.draw, length: bodyLength, tag };
  }

  /** An event of the journal. */
  note<Name extends EventName>(event: Name, fields: Partial<EventNamed<Name>> = {}): void {
    this.journal<EventEntry>({ event, ...fields } as unknown as Omit<EventEntry, 'timestamp' | 'id'>);
  }

  /** The clock of the machine is set, which both go by. */
  setClock(seconds: number): void {
    this.captureAhead += seconds;
    this.journalAhead += seconds;
  }

  pass(seconds: number): void {
    this.#micros += Math.round(seconds * 1e6);
  }

  frame(fields: Omit<Frame, 'number' | 'time'>): Frame {
    this.pass(this.step);
    const time = this.now + this.captureAhead;
    const frame = { number: this.frames.length + 1, time, ...fields };
    this.frames.push(frame);
    return frame;
  }

  journal<Kind extends Entry>(entry: Omit<Kind, 'timestamp' | 'id'>): Kind {
    const timestamp = new Date(Math.floor((this.now + this.journalAhead) * 1000 + 1e-4)).toISOString();
    const whole = { timestamp, id: this.entries.length + 1, ...entry } as unknown as Kind;
    this.entries.push(whole);
    return whole;
  }

  tcp(fields: Partial<Pick<TcpWire, 'server' | 'port' | 'from' | 'numbers' | 'tls'>> = {}): TcpWire {
    return new TcpWire(this, fields);
  }

  udp(port = 40_000): UdpWire {
    return new UdpWire(this, port);
  }

  /** Joins what the capture and the journal have. */
  async join({
    without = [],
    begins = 1,
    ends = this.frames.length,
    onlyClient,
  }: {
    /** Frames that the capture has not got. */
    readonly without?: readonly Frame[];
    /** The first and the last frame of the capture. */
    readonly begins?: number;
    readonly ends?: number;
    readonly onlyClient?: string;
  } = {}): Promise<Joined> {
    const captured = this.frames.filter(
      (frame) => frame.number >= begins && frame.number <= ends && !without.includes(frame),
    );
    const ties: Tie[] = [];
    const loose: Loose[] = [];
    const handshakes: HandshakeTie[] = [];
    let profile = '';
    const seen = new Seen();
    await join({
      frames: read(captured, seen),
      entries: list(this.entries),
      seen,
      onlyClient,
      decided: () => profile !== 'none',
      isJournaled: () => true,
      onFrame: () => undefined,
      onEntry: (entry) => {
        if ('profile' in entry && entry.profile !== undefined) profile = entry.profile;
      },
      found: { tie: (tie) => ties.push(tie), loose: (one) => loose.push(one) },
      onHandshake: (tie) => handshakes.push(tie),
    });
    return { ties: ties.sort((a, b) => a.entry.id - b.entry.id), loose, handshakes, clock: seen.clock };
  }

  /** What `join` finds, a line for each tie in the order of the journal, one for each handshake that failed, and one for each loose. */
  async lines(options?: Parameters<Wire['join']>[0]): Promise<string[]> {
    const { ties, loose, handshakes } = await this.join(options);
    return [
      ...ties.map(lineOf),
      ...handshakes.map((tie) => `${tie.entry.reason}: ${lineOf(tie)}`),
      ...loose.map(({ from, what, frames }) => `loose ${from} ${what} in ${numbers(frames)}`),
    ];
  }
}

/** `answered 4 by 5, shown in 5`. */
export function lineOf(tie: Omit<Tie, 'entry'>): string {
  const { verdict, request, answer, shows, end } = tie;
  const ended = end ? `, ended in ${end.number}` : '';
  const shown = shows === undefined ? '' : `, shown in ${shows}`;
  return `${verdict} ${numbers(request)} by ${numbers(answer)}${shown}${ended}`;
}

function numbers(frames: Tie['request']): string {
  return frames.map(({ number }) => number).join('+') || 'none';
}

/** In batches, as they come from a reader. */
async function* read(frames: readonly Frame[], seen: Seen): AsyncGenerator<readonly Frame[]> {
  for (let from = 0; from < frames.length; from += 5) {
    const batch = frames.slice(from, from + 5);
    if (from === 0) seen.first = batch[0]!.time;
    seen.last = batch.at(-1)!.time;
    seen.frames += batch.length;
    yield batch;
  }
}

async function* list(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

/** A TCP connection; `open` is its handshake. */
export class TcpWire {
  readonly server: Frame['server'];
  readonly port: number;
  readonly from: string;
  /** The version of TLS that it speaks. */
  readonly tls: string | undefined;
  /** The next sequence number of each side. */
  readonly numbers: Record<Side, number>;
  readonly #wire: Wire;

  constructor(wire: Wire, { server = 'echo', port = 40_000, from = CLIENT, numbers, tls }: Partial<TcpWire>) {
    this.#wire = wire;
    this.server = server;
    this.port = port;
    this.from = from;
    this.tls = tls;
    this.numbers = { client: 1_000, server: 9_000, ...numbers };
  }

  open(): this {
    this.client('', { flags: SYN });
    this.says('server', '', { flags: SYN | ACK });
    this.client('');
    return this;
  }

  client(bytes: Octets, fields?: FrameFields): Frame {
    return this.says('client', bytes, fields);
  }

  answer(bytes: Octets, fields?: FrameFields): Frame {
    return this.says('server', bytes, fields);
  }

  /** A segment. One with a `seq` of its own is of the past. */
  says(side: Side, bytes: Octets, fields: FrameFields = {}): Frame {
    const payload = octets(bytes);
    const flags = fields.flags ?? ACK;
    const frame = this.#wire.frame({
      transport: 'tcp',
      client: `${this.from}:${this.port}`,
      server: this.server,
      toServer: side === 'client',
      payload,
      seq: this.numbers[side],
      ack: flags & ACK ? this.numbers[side === 'client' ? 'server' : 'client'] : 0,
      flags,
      requests: NONE,
      codes: NONE,
      ...(this.tls && { overTls: true, sealed: 'open' }),
      ...fields,
    });
    if (fields.seq === undefined) {
      const length = payload.length + (flags & (SYN | FIN) ? 1 : 0);
      this.numbers[side] = (this.numbers[side] + length) >>> 0;
    }
    return frame;
  }

  fin(side: Side): Frame {
    return this.says(side, '', { flags: FIN | ACK });
  }

  reset(side: Side): Frame {
    return this.says(side, '', { flags: RST | ACK });
  }

  /** The entry of a message. */
  decide(message: Octets, fields: MessageFields = {}): MessageEntry {
    return this.#wire.journal<MessageEntry>({
      ...this.#wire.entryOf(octets(message)),
      client_ip: this.from,
      client_port: this.port,
      protocol: 'tcp',
      tls: this.tls,
      ...fields,
    });
  }

  /** A request that is complete with its segment. */
  get(path = '/getbalance', ahead: readonly string[] = []): Frame {
    const requests = [path, ...ahead].map((each) => `GET ${each}`);
    return this.client(`${requests.join(' HTTP/1.1\r\n\r\n')} HTTP/1.1\r\n\r\n`, { requests });
  }

  outcome(outcome: string, fields: Partial<HttpEntry> = { request: this.#wire.draw }): HttpEntry {
    return this.#wire.journal<HttpEntry>({
      client_ip: this.from,
      client_port: this.port,
      outcome,
      tls: this.tls,
      ...fields,
    });
  }

  code(...codes: string[]): Frame {
    return this.answer(codes.map((code) => `HTTP/1.1 ${code} \r\n\r\n`).join(''), { codes });
  }
}

/** All that one port of the client exchanges with the echo server over UDP. */
export class UdpWire {
  readonly #wire: Wire;
  readonly #port: number;

  constructor(wire: Wire, port: number) {
    this.#wire = wire;
    this.#port = port;
  }

  client(bytes: Octets): Frame {
    return this.#says(true, octets(bytes));
  }

  answer(bytes: Octets): Frame {
    return this.#says(false, octets(bytes));
  }

  decide(message: Octets, fields: MessageFields = {}): MessageEntry {
    return this.#wire.journal<MessageEntry>({
      ...this.#wire.entryOf(octets(message)),
      ...this.#who,
      ...fields,
    });
  }

  /** The entry of a datagram of a transfer. */
  carry(
    direction: DatagramEntry['direction'],
    datagram: Datagram,
    fields: DatagramFields = {},
  ): DatagramEntry {
    const { kind, id, sequence, ack, payload } = datagram;
    const isNumbered = kind !== 'ACK' && kind !== 'ABORT';
    return this.#wire.journal<DatagramEntry>({
      ...this.#who,
      fault: 'none',
      message: this.#wire.draw,
      direction,
      transfer: id,
      kind,
      sequence: isNumbered ? sequence : undefined,
      ack: kind === 'ACK' ? ack : undefined,
      length: payload.length,
      tag: tagAsSent(encodeDatagram(datagram)),
      ...fields,
    });
  }

  /** The entry of one that came damaged. */
  damaged(bytes: Buffer, fields: DatagramFields = {}): DatagramEntry {
    return this.#wire.journal<DatagramEntry>({
      ...this.#who,
      fault: 'none',
      message: this.#wire.draw,
      direction: 'in',
      length: bytes.length,
      damaged: true,
      ...fields,
    });
  }

  get #who() {
    return { client_ip: CLIENT, client_port: this.#port, protocol: 'udp' } as const;
  }

  #says(toServer: boolean, payload: Buffer): Frame {
    return this.#wire.frame({
      transport: 'udp',
      client: `${CLIENT}:${this.#port}`,
      server: 'echo',
      toServer,
      payload,
      seq: Number.NaN,
      ack: Number.NaN,
      flags: Number.NaN,
      requests: NONE,
      codes: NONE,
    });
  }
}
