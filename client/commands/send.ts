import { createHistogram } from 'node:perf_hooks';
import type { Log } from '#lib/runtime/log.ts';
import type { NameOf } from '#lib/runtime/options.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import { LARGEST_PAYLOAD, LARGEST_SIGNED_PAYLOAD } from '#lib/transfer/datagram.ts';
import { TransferError } from '#lib/transfer/end.ts';
import type { ModeName } from '#lib/transfer/kinds.ts';
import { largestWindow } from '#lib/transfer/modes.ts';
import { retransmissions } from '#lib/transfer/sending.ts';
import { explainNetworkError } from '../network-error.ts';
import {
  type Payloads,
  payloadsByCount,
  payloadsOfFile,
  payloadsOfText,
  UnreadableError,
} from '../transfer/payloads.ts';
import { type Screen, showProgress } from '../transfer/progress.ts';
import { returnLine, summaryFields, summaryLines, type TransferResult } from '../transfer/summary.ts';
import { ClientTransfer } from '../transfer/transfer.ts';

export interface SendOptions {
  readonly address: string;
  readonly port: number;
  /** What to send: exactly one of these three. */
  readonly file?: string;
  readonly count?: number;
  readonly text?: string;
  readonly protocolMode: ModeName;
  /** Segments on the way at once. The default depends on the protocol. */
  readonly window?: number;
  readonly echo: boolean;
  /** Bytes in a DATA. By default as many as fit. */
  readonly segment?: number;
  /** Bounds of the retransmission timeout, in ms. */
  readonly minRto: number;
  readonly maxRto: number;
  /** Timeouts of one segment after which the client gives up. */
  readonly tries: number;
  /** The token that signs datagrams. Without one, or with an empty one, they are not signed. */
  readonly token?: string | undefined;
  /** Prints one JSON object instead of lines. */
  readonly json: boolean;
}

export interface SendParts {
  readonly log: Log;
  readonly nameOf: NameOf;
  readonly clock: () => number;
  /** The time of day. */
  readonly now: () => Date;
  readonly timer: Timer;
  /** 8 hex digits that no other transfer has. */
  readonly newId: () => string;
  readonly screen: Screen;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** The defaults: bounds of the timeout for a short wire, in ms, tries, and window. */
export const defaults = { minRto: 50, maxRto: 100, tries: 100, window: 64 } as const;

/**
 * Sends a file, a text or numbered segments to the server by one of the three protocols, and prints a summary.
 *
 * @returns 0 when all bytes arrived, and came back if `echo` is set; 1 when not; 2 when an option is not allowed; 130
 * when interrupted
 */
export async function send(options: SendOptions, parts: SendParts): Promise<number> {
  const { log, nameOf } = parts;
  const most = largestWindow(options.protocolMode);
  const room = options.token ? LARGEST_SIGNED_PAYLOAD : LARGEST_PAYLOAD;
  const window = options.window ?? Math.min(most, defaults.window);
  const segment = options.segment ?? room;
  const problems = problemsOf({ ...options, window, segment }, { most, room }, nameOf);
  if (problems.length > 0) {
    log.error(problems.join('\n'));
    return 2;
  }
  try {
    const sized: Sized = { ...options, window, segment };
    const payloads = payloadsOf(sized);
    return await transfer(sized, payloads, parts).finally(() => payloads.close());
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    log.error(error.message);
    return 2;
  }
}

/** Options with their defaults filled in. */
type Sized = SendOptions & { readonly window: number; readonly segment: number };

function problemsOf(
  { file, count, text, protocolMode, window, segment, minRto, maxRto }: Sized,
  { most, room }: { readonly most: number; readonly room: number },
  nameOf: NameOf,
): string[] {
  const problems: string[] = [];
  const refuse = (option: string, value: number, allowed: string) =>
    problems.push(`${nameOf(option)} is "${value}"; allowed${allowed}`);
  const given = [file, count, text].filter((source) => source !== undefined).length;
  if (given !== 1) {
    problems.push(sourceProblem(given, ['--file', '--count', '--text'].map(nameOf)));
  }
  if (window > most) refuse('--window', window, ` for ${protocolMode}: 1 to ${most}`);
  if (minRto > maxRto) refuse('--min-rto', minRto, `: at most ${nameOf('--max-rto')}, ${maxRto}`);
  if (segment > room) refuse('--segment', segment, ` with LAB_TOKEN: 1 to ${room}`);
  return problems;
}

function sourceProblem(given: number, [first, second, third]: readonly string[]): string {
  if (given === 0) return `nothing to send: give ${first}, ${second} or ${third}`;
  return `give only one of ${first}, ${second} and ${third}`;
}

function payloadsOf({ file, count, text = '', segment }: Sized): Payloads {
  if (file !== undefined) return payloadsOfFile(file, segment);
  return count !== undefined ? payloadsByCount(count, segment) : payloadsOfText(text, segment);
}

async function transfer(options: Sized, payloads: Payloads, parts: SendParts): Promise<number> {
  const { log, clock, interrupted } = parts;
  const { protocolMode: mode, window, minRto, maxRto, json } = options;
  const id = parts.newId();
  const trips = createHistogram();
  const onMeasured = (milliseconds: number) => trips.record(Math.max(1, Math.round(milliseconds * 1e6)));
  const fail = (code: number, error: string) => {
    if (json) log.info(JSON.stringify({ transfer: id, mode, window, error }));
    else log.error(`[CLIENT] Transfer ${id} failed: ${error}`);
    return code;
  };
  const began = clock();
  let open: ClientTransfer | undefined;
  let remove: () => void = () => undefined;
  try {
    open = await ClientTransfer.open({ ...options, id, mode, rto: { min: minRto, max: maxRto } }, payloads, {
      ...parts,
      onMeasured,
    });
    remove = progressOf(open, payloads.bytes, parts.screen);
    const receipt = await open.sent;
    const sentAt = clock();
    const { counts } = open.sending;
    const result: TransferResult = {
      ...{ id, mode, window, counts, trips, receipt },
      damaged: open.damaged,
      milliseconds: sentAt - began,
    };
    const back = await open.returned;
    const identical = back?.sha256 === receipt.sha256;
    const returned = back && { receipt: back, identical, milliseconds: clock() - sentAt };
    remove();
    if (json) log.info(JSON.stringify(summaryFields(result, returned)));
    else log.info([...summaryLines(result), ...(returned ? [returnLine(returned)] : [])].join('\n'));
    return !returned || identical ? 0 : 1;
  } catch (error) {
    remove();
    if (interrupted.aborted) return fail(130, 'interrupted');
    if (error instanceof TransferError || error instanceof UnreadableError) return fail(1, error.message);
    return fail(1, explainNetworkError(error, `${options.address}:${options.port}`));
  } finally {
    await open?.close();
  }
}

function progressOf(open: ClientTransfer, all: number, screen: Screen): () => void {
  const { sending } = open;
  return showProgress(screen, () => {
    const { counts, timing, window } = sending;
    const back = open.bytesBack > 0;
    return {
      what: back ? 'back' : 'sent',
      done: back ? open.bytesBack : counts.arrived,
      all,
      retransmissions: retransmissions(counts),
      rtt: timing.rtt,
      rto: timing.rto,
      window,
    };
  });
}
