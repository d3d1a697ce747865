import type { ServerName } from '#lib/lab/ports.ts';
import type { Carried } from './packet.ts';

/** Bytes that TLS has sealed: `open` with the keys, or `shut`, as there are none that fit. */
export type Sealed = 'open' | 'shut';

/** What is complete with a frame of an HTTP connection. */
export interface HttpTold {
  /** As `GET /getbalance`. */
  readonly requests: readonly string[];
  /** The frame with which the first of them began, if that is an earlier one. */
  readonly begin?: number | undefined;
  /** Status codes of responses. */
  readonly codes: readonly string[];
}

type Segment = Pick<Carried, 'transport' | 'toServer' | 'payload' | 'seq' | 'ack' | 'flags'>;

/**
 * A TCP segment or a UDP datagram between a client and a server of the lab, with what HTTP says in it. Over TLS payload
 * and numbers are those of what is inside.
 */
export interface Frame extends FrameRef, Segment, HttpTold {
  /** As `endpoint` writes it. */
  readonly client: string;
  readonly server: ServerName;
  /** Of TCP: which connection of the capture it is of, from 1; undefined of one that may be the rest of another. */
  readonly connection?: number | undefined;
  /** Came to or left from a port of TLS. */
  readonly overTls?: boolean;
  /** What nobody on the way can read; undefined is for anybody, also on a port of TLS where no TLS was spoken. */
  readonly sealed?: Sealed | undefined;
  /** Has an alert of TLS in it, as far as that can be read. */
  readonly hasAlert?: boolean;
  /** The same as it is on the wire, where that is something else: over TLS. */
  readonly wire?: Carried;
}

/** A frame of the capture. */
export interface FrameRef {
  /** From 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond; 0 of a frame without a time. */
  readonly time: number;
}

export function refOf({ number, time }: Frame): FrameRef {
  return { number, time };
}

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;
