import type { Frame } from '#analysis/capture/frames.ts';
import { type Lab, START } from '#analysis/wire/testing.ts';
import { endpoint } from '#lib/lab/ports.ts';
import { CLIENT } from '#lib/packet/testing.ts';
import { Observations } from './observed.ts';
import type { Conditions } from './wire-steps.ts';

/** Puts conditions in force on a wire, from a time on. */
export function inForce(lab: Lab, time: number, set: Conditions): void {
  lab.event(time, { event: 'wire', address: '10.0.77.1', seed: 'demo', up: '', down: '', set });
}

/** What a demo has of a wire, and these frames of the capture of the server. */
export async function observed(lab: Lab, frames: readonly Frame[] = []): Promise<Observations> {
  const observations = new Observations({ starts: [] });
  for (const finding of await lab.find()) observations.wired.take(finding);
  for (const frame of frames) observations.addFrame(frame);
  return observations;
}

/** A frame of a client of the echo server, in the capture of the server. */
export function echoFrame(
  number: number,
  { time, text = '', toServer = true, port = 40_000 }: EchoFrame,
): Frame {
  return {
    ...{ number, time: START + time, transport: 'tcp', toServer, server: 'echo' },
    ...{ client: endpoint(CLIENT, port), payload: Buffer.from(text), seq: 0, ack: 0, flags: 0 },
    ...{ requests: [], codes: [] },
  };
}

interface EchoFrame {
  readonly time: number;
  readonly text?: string;
  readonly toServer?: boolean;
  readonly port?: number;
}
