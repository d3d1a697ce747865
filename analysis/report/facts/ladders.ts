import type { Capture } from '#analysis/capture/capture-files.ts';
import { type Row, readColumns } from '#analysis/capture/columns.ts';
import type { FrameComments } from '#analysis/join/frame-comments.ts';
import type { Tie } from '#analysis/join/tie.ts';
import { deciderOf, isHttp } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { Ports } from '#lib/lab/ports.ts';
import type { Ladder, Rung } from './facts.ts';
import { outcomeOf } from './periods.ts';

/** So many exchanges are drawn, with so many frames each. */
const DRAWN = 12;
const RUNGS = 24;
/** Frames without data that are drawn after an exchange, as ACKs and the end of its connection are. */
const AROUND = 3;
/** Frames of a TCP handshake, and of one of TLS after it, at most. */
const HANDSHAKE = 3;
const OPENING = 10;
const SYN = /\[SYN[\],]/;
/** So far from it they are looked for, in frames of the capture. */
const REACH = 200;

interface Chosen {
  readonly title: string;
  readonly tie: Tie;
  readonly first: number;
  readonly last: number;
}

/** Chooses an exchange of each outcome of each server, the first of each, and draws them as ladders. */
export class Ladders {
  readonly #chosen = new Map<string, Chosen>();

  offer(tie: Tie): void {
    const title = `${NAMES[deciderOf(tie.entry)]}: ${outcomeOf(tie.entry)}`;
    if (this.#chosen.has(title) || this.#chosen.size === DRAWN || 'direction' in tie.entry) return;
    const frames = [...tie.request, ...tie.answer, ...(tie.end ? [tie.end] : [])].map(({ number }) => number);
    if (frames.length === 0) return;
    this.#chosen.set(title, { title, tie, first: Math.min(...frames), last: Math.max(...frames) });
  }

  /** @param comments what the journals say of frames */
  async draw(capture: Capture, ports: Ports, comments: FrameComments): Promise<Ladder[]> {
    const chosen = [...this.#chosen.values()];
    const filter = [...new Set(chosen.map(({ tie }) => tie.entry.client_port))]
      .map((port) => `tcp.port == ${port} || udp.port == ${port}`)
      .join(' || ');
    const places = new Map<Row, number>();
    const placeOf = placesInConnections();
    const isWanted = (row: Row) => {
      const place = placeOf(row);
      const isKept = place < HANDSHAKE || chosen.some((one) => isNear(row, one));
      if (isKept) places.set(row, place);
      return isKept;
    };
    if (chosen.length > 0) await readColumns(capture, ports, filter, isWanted);
    const rows = [...places].map(([row, place]) => ({ ...row, place }));
    return chosen.map(({ title, tie, first, last }): Ladder => {
      const { client_ip, client_port } = tie.entry;
      const port = portOf(tie.entry, ports);
      const { before, earlier, exchange } = around(
        rows.filter((row) => row.clientPort === client_port && row.port === port),
        first,
        last,
      );
      const own = [...before, ...exchange];
      const began = own[0]?.time ?? 0;
      const marked = changedBy(tie, own);
      return {
        title,
        client: `${client_ip}:${client_port}`,
        server: `${own[0]?.server ?? 'server'}:${port}`,
        rungs: own.slice(0, RUNGS).map(
          (row): Rung => ({
            frame: row.frame,
            at: row.time - began,
            toServer: row.toServer,
            protocol: row.protocol,
            info: row.info,
            bytes: row.bytes,
            marked: marked.get(row.frame),
            comment: comments.of(row.frame)?.join('\n'),
            earlier: row === exchange[0] && earlier > 0 ? earlier : undefined,
          }),
        ),
        left: Math.max(0, own.length - RUNGS),
      };
    });
  }
}

const NAMES = { http: 'HTTP', 'echo-tcp': 'Echo over TCP', 'echo-udp': 'Echo over UDP' } as const;

/** The port of a server that an entry came to. */
function portOf(entry: Decision, { http, https, echo, echoTls }: Ports): number {
  const [plain, overTls] = isHttp(entry) ? [http, https] : [echo, echoTls];
  return entry.tls === undefined ? plain : overTls;
}

/** A row, and which frame of its connection it is. */
type Placed = Row & { readonly place: number };

interface Around {
  /** How its connection began. */
  readonly before: readonly Placed[];
  /** Frames in between, of earlier exchanges. */
  readonly earlier: number;
  /** From its first frame to the ACKs after its last. */
  readonly exchange: readonly Placed[];
}

/** The rows of an exchange, and of how its connection began. */
export function around(rows: readonly Placed[], first: number, last: number): Around {
  const from = rows.findIndex(({ frame }) => frame >= first);
  const to = rows.findLastIndex(({ frame }) => frame <= last);
  const next = rows.findIndex(({ bytes }, at) => at > to && bytes !== '');
  const exchange = rows.slice(from, Math.min(to + 1 + AROUND, next < 0 ? rows.length : next));
  const opened = rows.findLastIndex(({ place }, at) => at < from && place === 0);
  if (opened < 0) return { before: [], earlier: 0, exchange };
  const before = rows.slice(opened, from);
  const isWhole = before.length === exchange[0]?.place && before.length <= OPENING;
  if (isWhole && before.every(isOpening)) return { before, earlier: 0, exchange };
  const handshake = before.filter(({ place }) => place < HANDSHAKE);
  return { before: handshake, earlier: (exchange[0]?.place ?? 0) - handshake.length, exchange };
}

/** Without data, or of a TLS handshake. */
function isOpening({ bytes, protocol, info }: Row): boolean {
  return bytes === '' || (protocol.startsWith('TLS') && !info.includes('Application Data'));
}

/** Octets that the answer has otherwise than the message, by the frames of both; none where they are of other lengths. */
function changedBy({ entry, request, answer }: Tie, rows: readonly Row[]): Map<number, readonly number[]> {
  const [asked, answered] = [request, answer].map(([only, ...more]) =>
    only && more.length === 0 ? rows.find(({ frame }) => frame === only.number) : undefined,
  );
  const isEcho = !isHttp(entry) && entry.tls === undefined;
  if (!isEcho || !asked || !answered || asked.bytes.length !== answered.bytes.length) return new Map();
  const [one, other] = [asked.bytes, answered.bytes].map((bytes) => Buffer.from(bytes, 'hex'));
  const marked = [...one!.keys()].filter((at) => one![at] !== other![at]);
  return marked.length === 0
    ? new Map()
    : new Map([asked.frame, answered.frame].map((frame) => [frame, marked]));
}

function isNear({ frame }: Row, { first, last }: Chosen): boolean {
  return frame >= first - REACH && frame <= last + REACH;
}

/** Tells which frame of its connection a row is, from 0; what has no beginning in the capture is never the first. */
function placesInConnections(): (row: Row) => number {
  const counts = new Map<string, number>();
  return ({ clientPort, port, toServer, info }) => {
    const key = `${clientPort} ${port}`;
    const place = toServer && SYN.test(info) ? 0 : (counts.get(key) ?? Number.POSITIVE_INFINITY) + 1;
    counts.set(key, place);
    return place;
  };
}
