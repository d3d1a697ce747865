import { CutFrames } from './cut-frames.ts';

export type Transport = 'tcp' | 'udp';

/** Ports of the servers; those of TLS have names of their own. */
export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly echo: number;
  readonly echoTls: number;
}

export type ServerName = 'http' | 'echo';

/** Which server has a port, and whether it speaks TLS there; undefined when none has it. */
export function serverOn(
  port: number,
  { http, https, echo, echoTls }: Ports,
): { readonly server: ServerName; readonly overTls: boolean } | undefined {
  if (port === echo || port === http) return { server: port === echo ? 'echo' : 'http', overTls: false };
  if (port === echoTls || port === https) {
    return { server: port === echoTls ? 'echo' : 'http', overTls: true };
  }
  return undefined;
}

/** Address and port, with brackets around an IPv6 address (RFC 3986, 3.2.2). */
export function endpoint(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Octets that TLS has sealed: `open` with the keys, or `shut`, as there are none that fit. */
export type Sealed = 'open' | 'shut';

/** A TCP segment or a UDP datagram between a client and a server of the lab. */
export interface Frame {
  /** From 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond. */
  readonly time: number;
  readonly transport: Transport;
  /** As `endpoint` writes it. */
  readonly client: string;
  readonly server: ServerName;
  readonly toServer: boolean;
  /** Came to or left from a port of TLS. */
  readonly overTls?: boolean;
  /** What nobody on the way can read; undefined is for anybody, also on a port of TLS where no TLS was spoken. */
  readonly sealed?: Sealed | undefined;
  /** Has an alert of TLS in it, as far as that can be read. */
  readonly hasAlert?: boolean;
  /** Over TLS: has data in it that can be read. */
  readonly hasData?: boolean;
  /** Of echo over TLS what was decrypted; of HTTP over TLS nothing, as `requests` and `codes` tell all. */
  readonly payload: Buffer;
  /**
   * Of TCP: raw sequence and acknowledgment numbers and the flags as a number. Over TLS the numbers count what is
   * inside.
   */
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** Requests to the HTTP server that are complete with this frame, as `GET /getbalance`. */
  readonly requests: readonly string[];
  /** The frame with which the first of them began, if that is an earlier one. */
  readonly begin?: number | undefined;
  /** Status codes of HTTP answers that are complete with this frame. */
  readonly codes: readonly string[];
}

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** What a reader of a capture has come across beside the frames it yields. */
export class Seen {
  /** All frames, those of other protocols included. */
  frames = 0;
  /** Those of the lab's servers. */
  ofServers = 0;
  first = Number.NaN;
  last = Number.NaN;
  /** How many characters its longest address has. */
  longestAddress = 0;
  /** Times have more digits than those of microseconds. */
  hasNanoseconds = false;
  /** What is to be known of the clocks of capture and journals, if anything. */
  clock: string | undefined;
  /** Where what was captured is not the whole frame. */
  readonly cutFrames = new CutFrames();
  /** Why the capture could not be read to its end, if so. */
  cut: string | undefined;

  /**
   * Takes down a frame.
   *
   * @param epoch its time as tshark writes it, with nine digits; empty of what has none
   */
  add(epoch: string, ...addresses: readonly string[]): void {
    this.frames += 1;
    this.longestAddress = Math.max(this.longestAddress, ...addresses.map(({ length }) => length));
    if (epoch === '') return;
    if (!epoch.endsWith('000')) this.hasNanoseconds = true;
    const time = Number(epoch);
    if (Number.isNaN(this.first)) this.first = time;
    this.last = time;
  }
}
