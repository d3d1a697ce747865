import type { FrameRef } from '#analysis/capture/frames.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import type { DatagramEntry, EventNamed } from '#lib/journal/schema.ts';
import type { Datagram } from '#lib/transfer/datagram.ts';
import type { Drawn } from '../sheet/drawn.ts';
import type { ClientResult, StageRecord } from '../sheet/record.ts';
import type { Stage } from '../sheet/stage.ts';
import type { Said, Talk } from './said.ts';

/** A message or a request of the client. */
export interface Attempt {
  readonly frame: FrameRef;
  /** What it says: the body of a message, or `GET /getbalance`. */
  readonly text: string;
  /** Whether its checksum fits; a request has none and counts as right. */
  readonly isRight: boolean;
  /** Address and port of the client. */
  readonly client: string;
  /** The decision of the server about it, with its frames. */
  readonly match: MatchUnder | undefined;
}

/** A datagram of a transfer. Undefined `datagram`: it can't be read. */
export interface SeenDatagram {
  readonly frame: FrameRef;
  readonly fromClient: boolean;
  /** Address and port of the client. */
  readonly client: string;
  readonly datagram: Datagram | undefined;
  /** The decision of the server about it. */
  readonly match: MatchUnder | undefined;
}

/** What the capture of the client and the journals show of one stage. */
export interface StageSeen {
  readonly stage: Stage;
  readonly drawn: Drawn;
  readonly ran: StageRecord;
  /** What the program has printed as accepted, in order. */
  readonly printed: readonly string[];
  readonly talks: readonly Talk[];
  readonly attempts: readonly Attempt[];
  /** Messages and echoes of both sides; empty for HTTP. */
  readonly said: readonly Said[];
  readonly datagrams: readonly SeenDatagram[];
  readonly transfers: readonly EventNamed<'transfer'>[];
  /** What the server decided about the datagrams of transfers, in both directions. */
  readonly decided: readonly DatagramEntry[];
  /** Where the client knocked at a port that is none of the server's. */
  readonly strays: readonly { readonly frame: FrameRef; readonly to: string }[];
  /** What our clients got from a server of her own. */
  readonly clients: readonly ClientResult[];
}
