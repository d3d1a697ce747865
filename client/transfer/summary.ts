import type { RecordableHistogram } from 'node:perf_hooks';
import { count, counted } from '#lib/text/figures.ts';
import type { Receipt } from '#lib/transfer/receipt.ts';
import { retransmissions, type SendingCounts } from '#lib/transfer/sending.ts';
import { inBytes } from './progress.ts';

/** The result of a transfer. */
export interface TransferResult {
  readonly id: string;
  readonly mode: string;
  readonly window: number;
  /** From the OPEN to the ACK of the CLOSE, in ms. */
  readonly milliseconds: number;
  readonly counts: SendingCounts;
  /** Measured round trips, in ns. */
  readonly trips: RecordableHistogram;
  /** Damaged datagrams that arrived. */
  readonly damaged: number;
  readonly receipt: Receipt;
}

export interface ReturnResult {
  readonly milliseconds: number;
  readonly receipt: Receipt;
  /** Whether the returned bytes are the sent bytes. */
  readonly identical: boolean;
}

const PERCENTILES = [50, 90, 99] as const;
const NS_PER_MS = 1e6;

/** The summary as lines, without the return. */
export function summaryLines(result: TransferResult): string[] {
  const { id, mode, window, milliseconds, counts, damaged, receipt } = result;
  const { datagrams, acks } = counts;
  const resent = retransmissions(counts);
  const times = PERCENTILES.map((percentile) => `p${percentile} ${tripText(result, percentile)}`);
  const rows: [string, string][] = [
    ['goodput', `${inBytes(goodput(result))}/s`],
    [
      'efficiency',
      `${(efficiency(result) * 100).toFixed(1)} % (${count(receipt.bytes)} useful of ${count(counts.bytes)} bytes sent)`,
    ],
    [
      'segments',
      `${count(datagrams.first)}, and ${counted(resent, 'retransmission')}: ${count(datagrams.timeout)} after a timeout, ${count(datagrams['go-back'])} after a timeout of an earlier segment`,
    ],
    [
      'receiver',
      `${counted(receipt.duplicates, 'duplicate')}, ${count(receipt.outOfOrder)} out of order and dropped`,
    ],
    [
      'ignored',
      `${counted(acks.duplicate, 'duplicate ACK')}, ${counted(acks.foreign, 'foreign ACK')}, ${counted(damaged, 'damaged datagram')}`,
    ],
    [
      'round trip',
      result.trips.count === 0
        ? 'none could be measured'
        : `${times.join(', ')} of ${count(result.trips.count)} measured`,
    ],
    ['SHA-256', `${receipt.sha256}, the same on both sides`],
  ];
  return [
    `[CLIENT] Transfer ${id}: ${counted(receipt.bytes, 'byte')} in ${(milliseconds / 1000).toFixed(2)} s by ${mode}, window ${window}`,
    ...rows.map(([name, text]) => `[CLIENT]   ${name.padEnd(12)}${text}`),
  ];
}

export function returnLine({ milliseconds, receipt, identical }: ReturnResult): string {
  const same = identical ? 'the same bytes' : `other bytes, SHA-256 ${receipt.sha256}`;
  return `[CLIENT]   came back   ${counted(receipt.bytes, 'byte')} in ${(milliseconds / 1000).toFixed(2)} s, ${same}, ${counted(receipt.duplicates, 'duplicate')}`;
}

/** The summary as one object. */
export function summaryFields(result: TransferResult, back: ReturnResult | undefined): object {
  const { id, mode, window, milliseconds, counts, trips, damaged, receipt } = result;
  const { first, timeout, 'go-back': goBack } = counts.datagrams;
  return {
    transfer: id,
    mode,
    window,
    bytes: receipt.bytes,
    sha256: receipt.sha256,
    seconds: seconds(milliseconds),
    goodput: Math.round(goodput(result)),
    efficiency: Number(efficiency(result).toFixed(4)),
    sent_bytes: counts.bytes,
    segments: first,
    retransmissions: { timeout, go_back: goBack },
    receiver: { duplicates: receipt.duplicates, out_of_order: receipt.outOfOrder },
    ignored: { duplicate_acks: counts.acks.duplicate, foreign_acks: counts.acks.foreign, damaged },
    rtt_ms: {
      measured: trips.count,
      ...Object.fromEntries(PERCENTILES.map((p) => [`p${p}`, trips.count === 0 ? null : trip(result, p)])),
    },
    ...(back && {
      returned: {
        bytes: back.receipt.bytes,
        sha256: back.receipt.sha256,
        identical: back.identical,
        seconds: seconds(back.milliseconds),
        duplicates: back.receipt.duplicates,
        out_of_order: back.receipt.outOfOrder,
      },
    }),
  };
}

/** Bytes of the application per second. */
function goodput({ receipt, milliseconds }: TransferResult): number {
  return (receipt.bytes / milliseconds) * 1000;
}

/** The share of useful bytes among all that were sent. */
function efficiency({ receipt, counts }: TransferResult): number {
  return receipt.bytes / counts.bytes;
}

function trip({ trips }: TransferResult, percentile: number): number {
  return Number((trips.percentile(percentile) / NS_PER_MS).toFixed(2));
}

function tripText(result: TransferResult, percentile: number): string {
  return `${trip(result, percentile).toFixed(2)} ms`;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
