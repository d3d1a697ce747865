import type { Row } from '#analysis/capture/columns.ts';
import { opens } from '#analysis/capture/connections.ts';
import type { Match } from '#analysis/join/finding.ts';
import type { FrameComments } from '#analysis/join/frame-comments.ts';
import { deciderOf, isHttp } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import { deciderNames } from '#lib/lab/deciders.ts';
import { endpoint, type Ports } from '#lib/lab/ports.ts';
import { capital } from '#lib/text/figures.ts';
import type { Ladder, Rung } from './facts.ts';
import type { LostPacket, LostPackets } from './lost-packets.ts';
import { outcomeOf } from './periods.ts';

/** The most exchanges that are drawn, and the most frames of each. */
const DRAWN = 12;
const RUNGS = 24;
/** The most frames without data that are drawn after an exchange, such as ACKs. */
const AROUND = 3;
/** Frames of a TCP handshake, and the most frames with a TLS handshake. */
const HANDSHAKE = 3;
const OPENING = 10;
/** How many frames of the capture around an exchange are searched. */
const REACH = 200;

interface Chosen {
  readonly title: string;
  readonly match: Match;
  readonly first: number;
  readonly last: number;
  /** It is drawn for a packet that was lost on the way. */
  readonly hasLost: boolean;
}

/** Draws the first exchange of each outcome of each server as a ladder. */
export class Ladders {
  readonly #chosen = new Map<string, Chosen>();
  readonly #rows: Placed[] = [];
  /** The frame count of each connection, and its first frames until they are kept. */
  readonly #openings = new Map<string, { readonly rows: Placed[]; count: number }>();

  /** @param lost packets that the wire lost: the first exchange of each outcome with such a packet is drawn too */
  offer(match: Match, lost?: LostPackets): void {
    if ('direction' in match.entry) return;
    const title = `${capital(deciderNames[deciderOf(match.entry)])}: ${outcomeOf(match.entry)}`;
    this.#choose(title, match, false);
    if (lost?.concern(match)) this.#choose(`${title}, with a packet that was lost on the way`, match, true);
  }

  #choose(title: string, match: Match, hasLost: boolean): void {
    if (this.#chosen.has(title) || this.#chosen.size === DRAWN) return;
    const frames = [...match.request, ...match.response, ...(match.end ? [match.end] : [])].map(
      ({ number }) => number,
    );
    if (frames.length === 0) return;
    const [first, last] = [Math.min(...frames), Math.max(...frames)];
    this.#chosen.set(title, { title, match, first, last, hasLost });
  }

  /** Display filters for the frames of the chosen exchanges, after all have been offered. */
  get filters(): string[] {
    const ports = new Set([...this.#chosen.values()].map(({ match }) => match.entry.client_port));
    return [...ports].map((port) => `tcp.port == ${port} || udp.port == ${port}`);
  }

  /** Keeps frames near a chosen exchange, and the begin of its connection. */
  take(row: Row): void {
    const key = keyOf(row);
    const isFirst = row.transport === 'tcp' && row.toServer && opens(row.flags);
    const opening = isFirst ? { rows: [], count: 0 } : this.#openings.get(key);
    if (opening) this.#openings.set(key, opening);
    const placed = { ...row, place: opening ? opening.count++ : Number.POSITIVE_INFINITY };
    if ([...this.#chosen.values()].some((one) => isNear(row, one))) {
      this.#rows.push(...(opening?.rows.splice(0) ?? []), placed);
    } else if (placed.place < HANDSHAKE) {
      opening?.rows.push(placed);
    }
  }

  /**
   * @param comments journal entries by frame
   * @param lost packets that the wire lost
   */
  draw(ports: Ports, comments: FrameComments, lost?: LostPackets): Ladder[] {
    return [...this.#chosen.values()].flatMap(({ title, match, first, last, hasLost }) => {
      const { client_ip, client_port } = match.entry;
      const port = portOf(match.entry, ports);
      const rows = this.#rows.filter(
        (row) => clientPortOf(row) === client_port && portOfServer(row) === port,
      );
      const { before, earlier, exchange } = around(rows, first, last);
      const own = [...before, ...exchange];
      const missing =
        lost && own.length > 0 ? lostBeside(own, rows, { port, lost, client: client_port! }) : [];
      const began = Math.min(...own.slice(0, 1).map(({ time }) => time), ...missing.map(({ time }) => time));
      const marked = changedBy(match, own);
      const rung = (row: Placed): Rung => ({
        frame: row.number,
        at: row.time - began,
        toServer: row.toServer,
        protocol: row.protocol,
        info: row.info,
        bytes: row.payload.toString('hex'),
        marked: marked.get(row.number),
        comment: comments.of(row.number)?.join('\n'),
        earlier: row === exchange[0] && earlier > 0 ? earlier : undefined,
        isLost: lost?.hasLost(row.number) ? true : undefined,
      });
      const all = [
        ...own.map((row) => ({ time: row.time, rung: rung(row) })),
        ...missing.map((one) => ({ time: one.time, rung: lostRung(one, began, lost?.commentOf(one.frame)) })),
      ].sort((one, other) => one.time - other.time);
      if (hasLost && !all.some((one) => one.rung.isLost)) return [];
      return {
        title,
        client: endpoint(client_ip!, client_port!),
        server: own[0] ? serverEndOf(own[0]) : `server:${port}`,
        rungs: all.slice(0, RUNGS).map((one) => one.rung),
        moreRungs: Math.max(0, all.length - RUNGS),
      };
    });
  }
}

/** How long before the first frame of a ladder a lost packet belongs to it, in seconds. */
const BEFORE = 3;

/** Packets of the client that never reached the server, between the frames of a ladder or just before them. */
function lostBeside(
  own: readonly Placed[],
  rows: readonly Placed[],
  { client, lost, port }: { readonly client: number; readonly port: number; readonly lost: LostPackets },
): readonly LostPacket[] {
  const [first, last] = [own[0]!, own.at(-1)!];
  const before = rows[rows.indexOf(first) - 1]?.time ?? Number.NEGATIVE_INFINITY;
  return lost.between(client, port, Math.max(before, first.time - BEFORE), last.time);
}

function lostRung(
  { frame, time, protocol, info, bytes }: LostPacket,
  began: number,
  comment: string | undefined,
): Rung {
  const place = { frame, at: time - began, toServer: true, protocol, info, bytes, comment } as const;
  return { ...place, isLost: true, ofClient: true };
}

const clientPortOf = ({ toServer, fromPort, toPort }: Row) => (toServer ? fromPort : toPort);
const portOfServer = ({ toServer, fromPort, toPort }: Row) => (toServer ? toPort : fromPort);
const keyOf = (row: Row) => `${clientPortOf(row)} ${portOfServer(row)}`;
const serverEndOf = ({ toServer, from, to }: Row) => (toServer ? to : from);

/** The server's port of an entry. */
function portOf(entry: Decision, { http, https, echo, echoTls }: Ports): number {
  const [plain, overTls] = isHttp(entry) ? [http, https] : [echo, echoTls];
  return entry.tls === undefined ? plain : overTls;
}

/** A row with its number on the connection, from 0; infinite if the capture lacks the connection's begin. */
type Placed = Row & { readonly place: number };

interface Around {
  /** The begin of its connection. */
  readonly before: readonly Placed[];
  /** How many frames of earlier exchanges are left out. */
  readonly earlier: number;
  /** From its first frame to the ACKs after its last. */
  readonly exchange: readonly Placed[];
}

/** The rows of an exchange and of its connection's begin. */
export function around(rows: readonly Placed[], first: number, last: number): Around {
  const from = rows.findIndex(({ number }) => number >= first);
  const to = rows.findLastIndex(({ number }) => number <= last);
  const next = rows.findIndex(({ payload }, at) => at > to && payload.length > 0);
  const exchange = rows.slice(from, Math.min(to + 1 + AROUND, next < 0 ? rows.length : next));
  const opened = rows.findLastIndex(({ place }, at) => at < from && place === 0);
  if (opened < 0) return { before: [], earlier: 0, exchange };
  const before = rows.slice(opened, from);
  const isWhole = before.length === exchange[0]?.place && before.length <= OPENING;
  if (isWhole && before.every(isOpening)) return { before, earlier: 0, exchange };
  const handshake = before.filter(({ place }) => place < HANDSHAKE);
  return { before: handshake, earlier: (exchange[0]?.place ?? 0) - handshake.length, exchange };
}

/** Whether a frame has no data, or belongs to a TLS handshake. */
function isOpening({ payload, protocol, info }: Row): boolean {
  return payload.length === 0 || (protocol.startsWith('TLS') && !info.includes('Application Data'));
}

/** Offsets of bytes that differ between message and echo, by both frames; none if their lengths differ. */
function changedBy(
  { entry, request, response }: Match,
  rows: readonly Row[],
): Map<number, readonly number[]> {
  const [asked, answered] = [request, response].map(([only, ...more]) =>
    only && more.length === 0 ? rows.find(({ number }) => number === only.number) : undefined,
  );
  const isEcho = !isHttp(entry) && entry.tls === undefined;
  if (!isEcho || !asked || !answered || asked.payload.length !== answered.payload.length) return new Map();
  const marked = [...asked.payload.keys()].filter((at) => asked.payload[at] !== answered.payload[at]);
  return marked.length === 0
    ? new Map()
    : new Map([asked.number, answered.number].map((frame) => [frame, marked]));
}

function isNear({ number }: Row, { first, last }: Chosen): boolean {
  return number >= first - REACH && number <= last + REACH;
}
