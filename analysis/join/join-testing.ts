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
import { Matching, matches } from './matching.ts';

/** When each test wire begins, in seconds since 1970. */
export const BEGINNING = 1_750_000_000;
const CLIENT = '10.0.142.133';
const NONE: readonly string[] = [];

type Bytes = string | Buffer;
type Side = 'client' | 'server';

/** Fields of a frame besides those that follow from its place. */
type FrameFields = Partial<
  Pick<Frame, 'seq' | 'ack' | 'flags' | 'requests' | 'begin' | 'codes' | 'tls' | 'hasAlert'>
>;
type MessageFields = Partial<Omit<MessageEntry, 'timestamp' | 'id'>>;
type DatagramFields = Partial<Omit<DatagramEntry, 'timestamp' | 'id'>>;

export interface Joined {
  readonly matches: readonly Match[];
  readonly unjournaled: readonly Unjournaled[];
  readonly handshakes: readonly HandshakeMatch[];
  /** The sentence about the clocks. */
  readonly clock: string | undefined;
}

/** Text as bytes, one per character. */
export function asBytes(text: Bytes): Buffer {
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
}

/** Numbers frames, keeps the time, and collects the journal. */
export class Wire {
  readonly frames: Frame[] = [];
  readonly entries: Entry[] = [];
  /** Seconds from one frame to the next. */
  step = 0.0003;
  #micros = 0;
  /** Seconds by which the clocks of capture and journal are ahead of the real time. */
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

  /** The fields of an entry without a fault. */
  entryOf(bytes: Buffer): Pick<MessageEntry, 'fault' | 'message' | 'length' | 'tag'> {
    const { bodyLength, tag } = new Message(bytes);
    return { fault: 'none', message: this.draw, length: bodyLength, tag };
  }

  /** Adds an event to the journal. */
  note<Name extends EventName>(event: Name, fields: Partial<EventNamed<Name>> = {}): void {
    this.journal<EventEntry>({ event, ...fields } as unknown as Omit<EventEntry, 'timestamp' | 'id'>);
  }

  /** Sets the clock of the machine, which capture and journal share. */
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

  /** Matches the capture with the journal. */
  async join({
    without = [],
    begins = 1,
    ends = this.frames.length,
    onlyClient,
    followed,
  }: {
    /** Frames that the capture lacks. */
    readonly without?: readonly Frame[];
    /** The first and the last frame of the capture. */
    readonly begins?: number;
    readonly ends?: number;
    readonly onlyClient?: string;
    /** At most this many connections are followed at once. */
    readonly followed?: number;
  } = {}): Promise<Joined> {
    const captured = this.frames.filter(
      (frame) => frame.number >= begins && frame.number <= ends && !without.includes(frame),
    );
    const [found, unjournaled, handshakes]: [Match[], Unjournaled[], HandshakeMatch[]] = [[], [], []];
    const seen = new Seen();
    const matching = new Matching({
      seen,
      activeProfiles: new ActiveProfiles({ starts: [] }),
      onlyClient,
      isJournaled: () => true,
    });
    for await (const finding of matches(matching, read(captured, seen, followed), list(this.entries))) {
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

  /** The findings, one per line: matches in journal order, failed handshakes, exchanges without an entry. */
  async lines(options?: Parameters<Wire['join']>[0]): Promise<string[]> {
    const { matches, unjournaled, handshakes } = await this.join(options);
    return [
      ...matches.map(lineOf),
      ...handshakes.map((match) => `${match.entry.reason}: ${lineOf(match)}`),
      ...unjournaled.map(({ kind, from, what, frames }) => `${kind} ${from} ${what} in ${numbers(frames)}`),
    ];
  }
}

/** A match as `response-sent 4 by 5, shown in 5`. */
export function lineOf(match: Omit<Match, 'entry' | 'kind'>): string {
  const { reason, request, response, shows, end } = match;
  const ended = end ? `, ended in ${end.number}` : '';
  const shown = shows === undefined ? '' : `, shown in ${shows}`;
  return `${reason} ${numbers(request)} by ${numbers(response)}${shown}${ended}`;
}

function numbers(frames: Match['request']): string {
  return frames.map(({ number }) => number).join('+') || 'none';
}

/** Frames in batches with their connections, as from a reader. */
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

/** Bytes of a TLS 1.3 record besides its content. */
const MORE = 5 + 17;

/** A TCP connection; `open` makes its handshake. */
export class TcpWire {
  readonly server: Frame['server'];
  readonly port: number;
  readonly from: string;
  /** Its TLS version, as in the journal. */
  readonly tls: string | undefined;
  /** The next sequence number of each side. */
  readonly numbers: Record<Side, number>;
  readonly #wire: Wire;
  /** All bytes of each side. */
  readonly #sent = { client: '', server: '' };
  /** Over TLS: bytes on the wire, and how many records the server has written and sent. */
  readonly #onWire = { client: 0, server: 0 };
  #records = 0;
  #framed = 0;
  /** How far the client's stream is decided, and how much the server has written at least. */
  #decided = 0;
  #written = 0;
  /** Paths of the requests, and how many of them are decided and answered. */
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
    this.segment('server', '', { flags: SYN | ACK });
    this.client('');
    return this;
  }

  client(bytes: Bytes, fields?: FrameFields): Frame {
    return this.segment('client', bytes, fields);
  }

  answer(bytes: Bytes, fields?: FrameFields): Frame {
    return this.segment('server', bytes, fields);
  }

  /** A segment. With a `seq` of its own it is a retransmission. */
  segment(side: Side, bytes: Bytes, fields: FrameFields = {}): Frame {
    const payload = asBytes(bytes);
    const flags = fields.flags ?? ACK;
    const wire = this.#carry(side, payload, fields);
    const isEncrypted = fields.tls === 'encrypted';
    const frame = this.#wire.frame({
      transport: 'tcp',
      client: `${this.from}:${this.port}`,
      server: this.server,
      toServer: side === 'client',
      payload: isEncrypted ? Buffer.alloc(0) : payload,
      seq: this.numbers[side],
      ack: flags & ACK ? this.numbers[side === 'client' ? 'server' : 'client'] : 0,
      flags,
      requests: NONE,
      codes: NONE,
      ...(this.tls && { overTls: true, tls: 'decrypted', wire }),
      ...fields,
    });
    this.#asked.push(...(fields.requests ?? []));
    this.#codes += (fields.codes ?? []).filter((code) => !code.startsWith('1')).length;
    if (fields.seq === undefined) {
      this.#sent[side] += payload.toString('latin1');
      const length = payload.length + (flags & (SYN | FIN) ? 1 : 0);
      this.numbers[side] = (this.numbers[side] + length) >>> 0;
    }
    return frame;
  }

  /** A segment on the wire, over TLS: each payload is a record. */
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
    return this.segment(side, '', { flags: FIN | ACK });
  }

  reset(side: Side): Frame {
    return this.segment(side, '', { flags: RST | ACK });
  }

  /** Journals a decision for the next message with these bytes. */
  decide(message: Bytes, fields: MessageFields = {}): MessageEntry {
    const bytes = asBytes(message);
    const found = this.#sent.client.indexOf(bytes.toString('latin1'), this.#decided);
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

  /** Journals that a held-back answer was sent. */
  sent(entry: MessageEntry): void {
    const { id, at = 0, bytes = 0 } = entry;
    const { wire_answer_at } = this.#wirePlace(0);
    const place = { client_ip: this.from, client_port: this.port, tls: this.tls, wire_answer_at };
    this.#wire.note('sent', { ...place, entry: id, answer_at: this.#next });
    const message = asBytes(this.#sent.client.slice(at, at + bytes));
    this.#write(expectedAnswer(entry, { bytes: message })?.filter(({ isHeld }) => isHeld));
  }

  /** The server's next write position, at least the end of its last frame. */
  get #next(): number {
    this.#written = Math.max(this.#written, this.#sent.server.length);
    return this.#written;
  }

  #write(pieces: Expected = []): void {
    for (const { bytes } of pieces) {
      this.#written += bytes?.bytes.length ?? 0;
      this.#records += bytes ? 1 : 0;
    }
  }

  /** Over TLS: the wire offsets of the message that was just sent. */
  #wirePlace(bytes: number): Partial<Place> {
    if (this.tls === undefined) return {};
    const { client, server } = this.#onWire;
    const unsent = this.#written - this.#sent.server.length + (this.#records - this.#framed) * MORE;
    return {
      wire_from: client - bytes - MORE,
      wire_to: client,
      wire_answer_at: server + Math.max(0, unsent),
    };
  }

  /** A segment with one complete request, or several. */
  get(path = '/getbalance', ahead: readonly string[] = []): Frame {
    const requests = [path, ...ahead].map((each) => `GET ${each}`);
    return this.client(`${requests.join(' HTTP/1.1\r\n\r\n')} HTTP/1.1\r\n\r\n`, { requests });
  }

  /** Journals an outcome for the next request that gets an entry. */
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
      // The position is unknown while earlier requests are unanswered.
      answer_at: this.#codes >= exchange - 1 ? this.#sent.server.length : undefined,
      ...this.#wirePlace(0),
      tls: this.tls,
      ...fields,
    });
  }

  code(...codes: string[]): Frame {
    return this.answer(codes.map((code) => `HTTP/1.1 ${code} \r\n\r\n`).join(''), { codes });
  }
}

/** The datagrams between one port of the client and the echo server. */
export class UdpWire {
  readonly #wire: Wire;
  readonly #port: number;

  constructor(wire: Wire, port: number) {
    this.#wire = wire;
    this.#port = port;
  }

  client(bytes: Bytes): Frame {
    return this.#datagram(true, asBytes(bytes));
  }

  answer(bytes: Bytes): Frame {
    return this.#datagram(false, asBytes(bytes));
  }

  decide(message: Bytes, fields: MessageFields = {}): MessageEntry {
    return this.#wire.journal<MessageEntry>({
      ...this.#wire.entryOf(asBytes(message)),
      ...this.#who,
      crc: crcOf(asBytes(message)),
      ...fields,
    });
  }

  /** Journals a datagram of a transfer. */
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

  /** Journals a received damaged datagram. */
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

  #datagram(toServer: boolean, payload: Buffer): Frame {
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
