import type { ServerName, Transport } from '#lib/lab/ports.ts';
import type { Carried } from './packet.ts';

/** Bytes that TLS has sealed: `open` with the keys, or `shut`, as there are none that fit. */
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
  /** Of TCP: which connection of the capture it is of, from 1. */
  readonly connection?: number;
  /** Came to or left from a port of TLS. */
  readonly overTls?: boolean;
  /** What nobody on the way can read; undefined is for anybody, also on a port of TLS where no TLS was spoken. */
  readonly sealed?: Sealed | undefined;
  /** Has an alert of TLS in it, as far as that can be read. */
  readonly hasAlert?: boolean;
  /** Over TLS what was decrypted. */
  readonly payload: Buffer;
  /**
   * Of TCP: raw sequence and acknowledgment numbers and the flags as a number. Over TLS the numbers count what is
   * inside.
   */
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** The same as it is on the wire, where that is something else: over TLS. */
  readonly wire?: Carried;
  /** Requests to the HTTP server that are complete with this frame, as `GET /getbalance`. */
  readonly requests: readonly string[];
  /** The frame with which the first of them began, if that is an earlier one. */
  readonly begin?: number | undefined;
  /** Status codes of HTTP answers that are complete with this frame. */
  readonly codes: readonly string[];
}

/** A frame of the capture: its number, and its time in seconds since 1970. */
export interface FrameRef {
  readonly number: number;
  readonly time: number;
}

export function refOf({ number, time }: Frame): FrameRef {
  return { number, time };
}

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;
