import type { Frame } from '#analysis/capture/frames.ts';
import type { Match } from '#analysis/join/finding.ts';
import { hexOf } from '#lib/text/hex-rows.ts';
import type { Observations } from './observed.ts';
import type { Step, Target } from './steps.ts';

/** A frame that is evidence, and its bytes to mark. */
export interface Shown {
  /** It is one of the server's capture, unless it has a host. */
  readonly frame: ShownFrame | undefined;
  readonly caption: string;
  /** Bytes to mark, from 0. */
  readonly marked?: readonly number[];
}

interface ShownFrame extends Pick<Frame, 'number' | 'payload'> {
  readonly host?: 'client';
  /** What it is, for a frame of the client; Wireshark's columns are read from the capture of the server alone. */
  readonly info?: string;
}

/** A frame in the capture of the client. */
export interface InClient {
  readonly frame: number | undefined;
  readonly info: string;
}

/** The result of an experiment, by its packets. */
export interface Outcome {
  readonly agrees: boolean;
  readonly seen: string;
  readonly evidence: readonly Shown[];
}

/** An experiment of the demo: its steps, what is expected, and how the packets are checked. */
export interface DemoExperiment {
  readonly title: string;
  readonly expected: string;
  /** What setup/demo.sh must do. */
  steps(target: Target): readonly Step[];
  /** It needs a wire, which needs more of the machine than the others. */
  readonly onWire?: true;
  evaluate(observations: Observations): Outcome;
}

/** The result of an experiment without the packets that it needs. */
export function nothing(what: string): Outcome {
  return { agrees: false, seen: `no ${what} in capture and journal`, evidence: [] };
}

/** A frame of the client as evidence; with the bytes that it carried, if they matter. */
export function ofClient({ frame, info }: InClient, caption: string, payload: Buffer = NO_BYTES): Shown {
  return {
    frame: frame === undefined ? undefined : { host: 'client', number: frame, info, payload },
    caption,
  };
}

const NO_BYTES = Buffer.alloc(0);

/** The first frames of a match's request and response. */
export function framesOf(observations: Observations, { request, response }: Match) {
  const frame = (refs: Match['request']) => observations.frame(refs[0]?.number);
  return { request: frame(request), response: frame(response) };
}

/** All byte offsets of a payload. */
export function all({ payload }: Frame): number[] {
  return [...payload.keys()];
}

/** The byte offsets in which two payloads differ. */
export function differences(a: Buffer, b: Buffer): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => at).filter((at) => a[at] !== b[at]);
}

export function hex(byte: number | undefined): string {
  return byte === undefined ? 'nothing' : `0x${hexOf(byte)}`;
}
