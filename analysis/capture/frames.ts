import type { ServerName } from '#lib/lab/ports.ts';
import type { Carried } from './packet.ts';

/** Whether the keys decrypt a frame's part of TLS. */
export type TlsState = 'decrypted' | 'encrypted';

/** The HTTP messages that a frame completes. */
export interface HttpParts {
  /** As `GET /getbalance`. */
  readonly requests: readonly string[];
  /** The frame in which the first of them began, if that is an earlier one. */
  readonly begin?: number | undefined;
  /** Status codes of responses. */
  readonly codes: readonly string[];
}

type Segment = Pick<Carried, 'transport' | 'toServer' | 'payload' | 'seq' | 'ack' | 'flags'>;

/**
 * A TCP segment or a UDP datagram between a client and a server of the lab, with its HTTP messages. Over TLS, payload and
 * sequence numbers are those of the decrypted stream.
 */
export interface Frame extends FrameRef, Segment, HttpParts {
  /** As `endpoint` writes it. */
  readonly client: string;
  readonly server: ServerName;
  /** The number of its TCP connection in the capture, from 1; undefined if that may be the rest of another. */
  readonly connection?: number | undefined;
  /** Whether it is to or from a TLS port. */
  readonly overTls?: boolean;
  /** Undefined for plain text, also on a TLS port. */
  readonly tls?: TlsState | undefined;
  /** Whether it has a readable TLS alert. */
  readonly hasAlert?: boolean;
  /** The segment as it is on the wire, over TLS. */
  readonly wire?: Carried;
}

/** A frame of the capture. */
export interface FrameRef {
  /** From 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond; 0 for a frame without a time. */
  readonly time: number;
}

export function refOf({ number, time }: Frame): FrameRef {
  return { number, time };
}

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;
