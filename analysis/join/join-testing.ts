import { Connections } from '#analysis/capture/connections.ts';
import { ACK, FIN, type Frame, RST, SYN } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Detail } from '#lib/faults/echo/fault.ts';
import { stepsOf } from '#lib/faults/echo/replay.ts';
import { ActiveProfiles } from '#lib/journal/run.ts';
import type {
  DatagramEntry,
  Entry,
  EventEntry,
  EventName,
  EventNamed,
  HttpEntry,
  MessageEntry,
  Place,
} from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { Message } from '#lib/message/message.ts';
import { type Datagram, encodeDatagram, tagAsSent } from '#lib/transfer/datagram.ts';
import { type Expected, expectedAnswer } from './expected.ts';
import type { HandshakeMatch, Match, Unjournaled } from './finding.ts';
import { matches } from './matching.ts';

/** When the wires of the tests begin, in seconds since 1970. */
export const BEGINNING = 1_750_000_000;
const CLIENT = '10.0.142.133';
const NONE: readonly string[] = [];

type Bytes = string | Buffer;
type Side = 'client' | 'server';

/** What is told of a frame beside what follows from its place. */
type FrameFields = Partial<
  Pick<Frame, 'seq' | 'ack' | 'flags' | 'requests' | 'begin' | 'codes' | 'sealed' | 'hasAlert'>
>;
type MessageFields = Partial<Omit<MessageEntry, 'timestamp' | 'id'>>;
type DatagramFields = Partial<Omit<DatagramEntry, 'timestamp' | 'id'>>;

export interface Joined {
  readonly matches: readonly Match[];
  readonly unjournaled: readonly Unjournaled[];
  readonly handshakes: readonly HandshakeMatch[];
  /** What is said of the clocks. */
  readonly clock: string | undefined;
}

/** Text as bytes, each character one. */
export function asBytes(text: Bytes): Buffer {
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
    followed,
  }: {
    /** Frames that the capture has not got. */
    readonly without?: readonly Frame[];
    /** The first and the last frame of the capture. */
    readonly begins?: number;
    readonly ends?: number;
    readonly onlyClient?: string;
    /** Connections that the reader follows at once, at most. */
    readonly followed?: number;
  } = {}): Promise<Joined> {
    const captured = this.frames.filter(
      (frame) => frame.number >= begins && frame.number <= ends && !without.includes(frame),
    );
    const [found, unjournaled, handshakes]: [Match[], Unjournaled[], HandshakeMatch[]] = [[], [], []];
    const seen = new Seen();
    for await (const finding of matches({
      frames: read(captured, seen, followed),
      entries: list(this.entries),
      seen,
      activeProfiles: new ActiveProfiles({ starts: [] }),
      onlyClient,
      isJournaled: () => true,
    })) {
      if (finding.kind === 'match') found.push(finding);
      else if (finding.kind === 'handshake') handshakes.push(finding);
      else if (finding.kind === 'unjournaled' || finding.kind === 'unread') unjournaled.push(finding);
    }
    return {
      matches: found.sort((a, b) => a.entry.id - b.entry.id),
      unjournaled,
      handshakes,
      clock: seen.clock,
    };
  }

  /** What is found: a line for each match in the order of the journal, one for each handshake that failed, and one for each exchange in no journal. */
  async lines(options?: Parameters<Wire['join']>[0]): Promise<string[]> {
    const { matches, unjournaled, handshakes } = await this.join(options);
    return [
      ...matches.map(lineOf),
      ...handshakes.map((match) => `${match.entry.reason}: ${lineOf(match)}`),
      ...unjournaled.map(({ kind, from, what, frames }) => `${kind} ${from} ${what} in ${numbers(frames)}`),
    ];
  }
}

/** `answered 4 by 5, shown in 5`. */
export function lineOf(match: Omit<Match, 'entry' | 'kind'>): string {
  const { verdict, request, answer, shows, end } = match;
  const ended = end ? `, ended in ${end.number}` : '';
  const shown = shows === undefined ? '' : `, shown in ${shows}`;
  return `${verdict} ${numbers(request)} by ${numbers(answer)}${shown}${ended}`;
}

function numbers(frames: Match['request']): string {
  return frames.map(({ number }) => number).join('+') || 'none';
}

/** In batches, as they come from a reader, which tells their connections. */
async function* read(frames: readonly Frame[], seen: Seen, most?: number): AsyncGenerator<readonly Frame[]> {
  const connections = new Connections({ create: () => undefined, most });
  for (let from = 0; from < frames.length; from += 5) {
    const batch = frames.slice(from, from + 5).map((frame) => ({
      ...frame,
      connection: connections.take(carriedIn(frame)).connection.number,
    }));
    if (from === 0) seen.first = batch[0]!.time;
    seen.last = batch.at(-1)!.time;
    seen.frames += batch.length;
    yield batch;
  }
}

function carriedIn(frame: Frame): Carried {
  const { client, server, overTls = false, toServer } = frame;
  const port = `${server}${overTls ? ' TLS' : ''}`;
  const [from, to] = toServer ? [client, port] : [port, client];
  return { ...frame, from, to, fromPort: 0, toPort: 0, overTls };
}

async function* list(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

/** What a record has beside what is inside, with TLS 1.3. */
const MORE = 5 + 17;

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
  /** All that each side has said, and the sequence number of its first byte. */
  readonly #said = { client: '', server: '' };
  /** How much that is on the wire, over TLS; and how many records the server has written, and sent. */
  readonly #onWire = { client: 0, server: 0 };
  #records = 0;
  #framed = 0;
  /** Up to here the client's stream has been decided, and the server has written, at least. */
  #decided = 0;
  #written = 0;
  /** Paths of the requests, how many of them were decided, and how many answered. */
  readonly #asked: string[] = [];
  #exchanges = 0;
  #codes = 0;

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

  client(bytes: Bytes, fields?: FrameFields): Frame {
    return this.says('client', bytes, fields);
  }

  answer(bytes: Bytes, fields?: FrameFields): Frame {
    return this.says('server', bytes, fields);
  }

  /** A segment. One with a `seq` of its own is of the past. */
  says(side: Side, bytes: Bytes, fields: FrameFields = {}): Frame {
    const payload = asBytes(bytes);
    const flags = fields.flags ?? ACK;
    const wire = this.#carry(side, payload, fields);
    const isShut = fields.sealed === 'shut';
    const frame = this.#wire.frame({
      transport: 'tcp',
      client: `${this.from}:${this.port}`,
      server: this.server,
      toServer: side === 'client',
      payload: isShut ? Buffer.alloc(0) : payload,
      seq: this.numbers[side],
      ack: flags & ACK ? this.numbers[side === 'client' ? 'server' : 'client'] : 0,
      flags,
      requests: NONE,
      codes: NONE,
      ...(this.tls && { overTls: true, sealed: 'open', wire }),
      ...fields,
    });
    this.#asked.push(...(fields.requests ?? []));
    this.#codes += (fields.codes ?? []).filter((code) => !code.startsWith('1')).length;
    if (fields.seq === undefined) {
      this.#said[side] += payload.toString('latin1');
      const length = payload.length + (flags & (SYN | FIN) ? 1 : 0);
      this.numbers[side] = (this.numbers[side] + length) >>> 0;
    }
    return frame;
  }

  /** A segment as it is on the wire, over TLS: each payload is a record. */
  #carry(side: Side, payload: Buffer, { flags = ACK, seq }: FrameFields): Carried {
    const other = side === 'client' ? 'server' : 'client';
    const isSyn = (flags & SYN) !== 0;
    const record = Buffer.concat([
      Buffer.from([23, 3, 3, 0, payload.length + 17]),
      payload,
      Buffer.alloc(17),
    ]);
    const carried = payload.length > 0 ? record : payload;
    const numbers = { seq: 1_001 + this.#onWire[side] - (isSyn ? 1 : 0), ack: 1_001 + this.#onWire[other] };
    if (seq === undefined) {
      this.#onWire[side] += carried.length;
      if (side === 'server' && payload.length > 0) this.#framed += 1;
      this.#records = Math.max(this.#records, this.#framed);
    }
    return { ...numbers, payload: carried } as unknown as Carried;
  }

  fin(side: Side): Frame {
    return this.says(side, '', { flags: FIN | ACK });
  }

  reset(side: Side): Frame {
    return this.says(side, '', { flags: RST | ACK });
  }

  /** The entry of a message, the next one that is like it. */
  decide(message: Bytes, fields: MessageFields = {}): MessageEntry {
    const bytes = asBytes(message);
    const found = this.#said.client.indexOf(bytes.toString('latin1'), this.#decided);
    const at = found < 0 ? this.#decided : found;
    this.#decided = at + bytes.length;
    const entry = this.#wire.journal<MessageEntry>({
      ...this.#wire.entryOf(bytes),
      client_ip: this.from,
      client_port: this.port,
      protocol: 'tcp',
      at,
      bytes: bytes.length,
      crc: this.tls === undefined ? crcOf(bytes) : undefined,
      answer_at: this.#next,
      ...this.#wirePlace(bytes.length),
      tls: this.tls,
      ...fields,
    });
    this.#write(expectedAnswer(entry, { bytes })?.filter(({ isHeld }) => !isHeld));
    return entry;
  }

  /** The event of an answer that was held back, as it leaves. */
  sent(entry: MessageEntry): void {
    const { id, at = 0, bytes = 0 } = entry;
    const { wire_answer_at } = this.#wirePlace(0);
    const place = { client_ip: this.from, client_port: this.port, tls: this.tls, wire_answer_at };
    this.#wire.note('sent', { ...place, entry: id, answer_at: this.#next });
    const message = asBytes(this.#said.client.slice(at, at + bytes));
    this.#write(expectedAnswer(entry, { bytes: message })?.filter(({ isHeld }) => isHeld));
  }

  /** Where the server writes next: at the latest where its last frame ends. */
  get #next(): number {
    this.#written = Math.max(this.#written, this.#said.server.length);
    return this.#written;
  }

  #write(pieces: Expected = []): void {
    for (const { bytes } of pieces) {
      this.#written += bytes?.bytes.length ?? 0;
      this.#records += bytes ? 1 : 0;
    }
  }

  /** Of a connection over TLS: where a message of so many bytes is on the wire, which has just come. */
  #wirePlace(bytes: number): Partial<Place> {
    if (this.tls === undefined) return {};
    const { client, server } = this.#onWire;
    const behind = this.#written - this.#said.server.length + (this.#records - this.#framed) * MORE;
    return {
      wire_from: client - bytes - MORE,
      wire_to: client,
      wire_answer_at: server + Math.max(0, behind),
    };
  }

  /** A request that is complete with its segment. */
  get(path = '/getbalance', ahead: readonly string[] = []): Frame {
    const requests = [path, ...ahead].map((each) => `GET ${each}`);
    return this.client(`${requests.join(' HTTP/1.1\r\n\r\n')} HTTP/1.1\r\n\r\n`, { requests });
  }

  /** The entry of a request: of the next one that has one. */
  outcome(outcome: string, fields: Partial<HttpEntry> = { request: this.#wire.draw }): HttpEntry {
    const isNext = (what: string, at: number) =>
      at >= this.#exchanges && (outcome === '401' || /^GET [^ ]*getbalance/.test(what));
    const found = this.#asked.findIndex(isNext);
    const exchange = found < 0 ? this.#exchanges + 1 : found + 1;
    this.#exchanges = exchange;
    return this.#wire.journal<HttpEntry>({
      client_ip: this.from,
      client_port: this.port,
      outcome,
      exchange,
      // Behind others that are not answered yet it is not known.
      answer_at: this.#codes >= exchange - 1 ? this.#said.server.length : undefined,
      ...this.#wirePlace(0),
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

  client(bytes: Bytes): Frame {
    return this.#says(true, asBytes(bytes));
  }

  answer(bytes: Bytes): Frame {
    return this.#says(false, asBytes(bytes));
  }

  decide(message: Bytes, fields: MessageFields = {}): MessageEntry {
    return this.#wire.journal<MessageEntry>({
      ...this.#wire.entryOf(asBytes(message)),
      ...this.#who,
      crc: crcOf(asBytes(message)),
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
    const bytes = encodeDatagram(datagram);
    const fault = { fault: 'none', ...fields } as unknown as Detail & { readonly fault: string };
    const steps = direction === 'in' ? undefined : stepsOf(new Message(bytes), fault.fault, fault);
    const [first] = steps?.filter((step) => 'bytes' in step) ?? [{ bytes }];
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
      crc: first && crcOf(first.bytes),
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
      crc: crcOf(bytes),
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
