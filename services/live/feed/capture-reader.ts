import type { Carried, Packet } from '#analysis/capture/packet.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import { tlsFields } from '#analysis/capture/tls-inside.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { serverOn } from '#lib/lab/ports.ts';
import { type ColumnPacket, columnFields } from './columns.ts';
import { Dissecting } from './dissecting.ts';
import { type Captured, GrowingCapture } from './growing-capture.ts';
import { type IpInFrame, ipIn } from './link.ts';

export type InsidePacket = Packet<(typeof tlsFields)[number]>;

export interface CaptureReaderParts {
  readonly folder: string;
  readonly run: Run;
  readonly keys: string | undefined;
  readonly dissector: string | undefined;
  /** The captures have ended. */
  readonly isPlayed: boolean;
  /** Filled with the frames of the server host. */
  readonly seen: Seen;
  /** Receives each frame as soon as it is read, those of both captures in the order of time. */
  readonly onFrame: (host: Host, captured: Captured, ip: IpInFrame | undefined) => void;
  /** Receives the frames of a capture when tshark has dissected them, in order. */
  readonly onPackets: (host: Host, packets: readonly ColumnPacket[]) => void;
  /** Receives what is inside of frames over TLS of the server host, in order. */
  readonly onInside: (packets: readonly InsidePacket[]) => void;
}

/** How many bytes and frames of a capture are read at once, so that packets are shown in between. */
const AT_ONCE = 2 ** 20;
const FRAMES_AT_ONCE = 500;

type Read = readonly [host: Host, captured: Captured];

/**
 * Reads the captures of both hosts while they grow: a tshark for each host makes its columns. A further one reads only the
 * frames over TLS of the server host, because tshark shows either the meaning of decrypted bytes or the bytes.
 */
export class CaptureReader {
  readonly #parts: CaptureReaderParts;
  readonly captures: Readonly<Record<Host, GrowingCapture>>;
  readonly #columns: Readonly<Record<Host, Dissecting<(typeof columnFields)[number]>>>;
  readonly #inside: Dissecting<(typeof tlsFields)[number]>;

  constructor(parts: CaptureReaderParts) {
    const { folder, run, keys, dissector, isPlayed, seen, onPackets } = parts;
    const usual = { ports: run.ports, keys, isEndless: !isPlayed };
    const columnsOf = (host: Host) =>
      new Dissecting({
        ...usual,
        dissector,
        fields: columnFields,
        ...(host === 'server' ? { seen } : {}),
        onPackets: (packets) => onPackets(host, packets),
      });
    this.#parts = parts;
    this.captures = {
      server: new GrowingCapture(folder, 'server'),
      client: new GrowingCapture(folder, 'client'),
    };
    this.#columns = { server: columnsOf('server'), client: columnsOf('client') };
    this.#inside = new Dissecting({ ...usual, fields: tlsFields, onPackets: parts.onInside });
  }

  /**
   * Reads what the captures have now, as far as tshark keeps up.
   *
   * @throws CaptureLostError; the error of tshark
   */
  async poll(): Promise<void> {
    const failure = this.#all.find((one) => one.failure)?.failure;
    if (failure) throw failure;
    const read: Read[] = [];
    const polled = hosts.filter((host) => this.#mayRead(host));
    await Promise.all(
      polled.map(async (host) => {
        const frames = await this.captures[host].poll(AT_ONCE, FRAMES_AT_ONCE);
        for (const captured of frames) read.push([host, captured]);
      }),
    );
    read.sort(([, one], [, other]) => one.time - other.time);
    this.#handOn(read);
  }

  /** Everything from before this time has been read and dissected, in seconds since 1970. */
  get reached(): number {
    const read = hosts.map((host) => this.captures[host]).filter(({ isAtEnd }) => !isAtEnd);
    return Math.min(
      ...read.map(({ latest }) => latest),
      ...this.#all.map((one) => one.reached),
      Number.POSITIVE_INFINITY,
    );
  }

  /** Whether everything was read that the captures had at the last look. */
  get isAtEnd(): boolean {
    return hosts.every((host) => this.captures[host].isAtEnd);
  }

  /** Whether there may be frames that can't be read yet. */
  get isHeldUp(): boolean {
    return !this.isAtEnd || hosts.some((host) => !this.#mayRead(host));
  }

  /** No more frames follow: waits until all are dissected. */
  async finish(): Promise<void> {
    await Promise.all(this.#all.map((one) => one.finish()));
    const failure = this.#all.find((one) => one.failure)?.failure;
    if (failure) throw failure;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((one) => one.close()));
    await Promise.all(hosts.map((host) => this.captures[host].close()));
  }

  get #all() {
    return [this.#columns.server, this.#columns.client, this.#inside];
  }

  /** In a recorded run, the capture with the earlier time is read first, so that not too much waits for it. */
  #mayRead(host: Host): boolean {
    const other = this.captures[host === 'server' ? 'client' : 'server'];
    const isAhead = this.#parts.isPlayed && !other.isAtEnd && this.captures[host].latest > other.latest;
    return !isAhead && !this.#columns[host].isBusy && !(host === 'server' && this.#inside.isBusy);
  }

  #handOn(read: readonly Read[]): void {
    const { onFrame, run, keys } = this.#parts;
    const frames: Record<Host, Captured[]> = { server: [], client: [] };
    const inside: Captured[] = [];
    for (const [host, captured] of read) {
      const ip = ipIn(captured);
      onFrame(host, captured, ip);
      frames[host].push(captured);
      if (host === 'server' && keys !== undefined && isOverTls(ip, run)) inside.push(captured);
    }
    for (const host of hosts) this.#columns[host].feed(frames[host]);
    this.#inside.feed(inside);
  }
}

/** Whether the frame belongs to a TLS port of the servers, as far as its own bytes show. */
function isOverTls(ip: IpInFrame | undefined, { ports }: Run): boolean {
  if (ip?.packet.protocol !== 'tcp') return false;
  const { sourcePort, destinationPort } = ip.packet;
  return [sourcePort, destinationPort].some((port) => serverOn(port, ports)?.overTls);
}

/** Whether a segment comes with what is inside of it. */
export function hasInside(carried: Carried | undefined): boolean {
  return carried?.server !== undefined && carried.overTls && carried.transport === 'tcp';
}
