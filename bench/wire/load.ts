import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ends } from './ends.ts';

/** The port of the far end where datagrams are read. */
const SINK = 5_302;

/** Datagrams: their number, the bytes that each carries, and how many leave per second. */
export interface Load {
  readonly count: number;
  readonly size: number;
  readonly rate: number;
}

/** Reads datagrams at the far end. Without a reader, its kernel would answer each by an ICMP error. */
export async function openSink(ends: Ends, signal: AbortSignal): Promise<void> {
  await ends.at('far', await program('sink.ts', SINK), signal, ['--detach']);
}

/** Sends datagrams from this port of the near end to the sink. */
export async function send(
  ends: Ends,
  port: number,
  { count, size, rate }: Load,
  signal: AbortSignal,
): Promise<void> {
  await ends.at('near', await program('sender.ts', ends.far, SINK, port, count, size, rate), signal);
}

/** The command that runs a program of this folder in a container, which does not have its file. */
async function program(file: string, ...args: readonly (string | number)[]): Promise<string[]> {
  const source = await readFile(join(import.meta.dirname, file), 'utf8');
  return ['node', '--input-type=module-typescript', '--eval', source, ...args.map(String)];
}
