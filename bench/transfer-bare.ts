import { LARGEST_PAYLOAD } from '#lib/transfer/datagram.ts';
import { format, median, table } from './figures.ts';
import { type Moved, moveBare, moveByTransfer } from './moves.ts';
import { cpuSeconds } from './process.ts';
import type { Program } from './programs.ts';
import { type Figures, type Ratio, ratio } from './section.ts';
import { moveAlone } from './transfer-alone.ts';

const WINDOW = 64;
// Many short rounds, because the load of other programs on a machine changes by the second.
export const ROUNDS = 7;
const ROUND_MS = 1_500;

interface Round extends Moved {
  /** User and system time of the server, in seconds. */
  readonly serverCpu: number;
}

/** Compares selective repeat without loss with the least work in Node.js that keeps as many datagrams on the way. */
export async function besideBare(
  lab: Program,
  bare: Program,
  /** Segments per second that a transfer is expected to move. */
  rate: number,
  signal: AbortSignal,
): Promise<Figures> {
  const segments = Math.ceil((rate * ROUND_MS) / 1000);
  const shape = { mode: 'selective-repeat', window: WINDOW, segments } as const;
  const transfers: Round[] = [];
  const bares: Round[] = [];
  // The first round is the warm-up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    transfers.push(await measure(lab, () => moveByTransfer(lab.port, shape, signal)));
    bares.push(await measure(bare, () => moveBare(bare.port, WINDOW, ROUND_MS, signal)));
  }
  transfers.shift();
  bares.shift();
  const compare = (name: string, better: Ratio['better'], figure: (round: Round) => number) =>
    ratio(`${name}, of a bare socket`, better, transfers.map(figure), bares.map(figure));
  const compared = [
    compare('MB/s', 'higher', megabytes),
    compare('datagrams/s', 'higher', datagrams),
    compare('client us', 'lower', clientTime),
    compare('server us', 'lower', serverTime),
  ];
  const figures = table([
    ['', 'MB/s', 'datagrams/s', 'client us', 'server us', 'target'],
    [`selective repeat, ${LARGEST_PAYLOAD} bytes`, ...row(transfers), 'at least 50 MB/s'],
    ['Node, bare, 1400 bytes', ...row(bares)],
    ['wirelab is', ...compared.map(({ rounds }) => `${format(median(rounds), 2)} x`)],
  ]);
  const both = (round: Round) => clientTime(round) + serverTime(round);
  const [own, least] = [transfers, bares].map((rounds) => median(rounds.map(both))) as [number, number];
  const alone = median(Array.from({ length: ROUNDS }, () => moveAlone(shape)));
  const text = `${figures}

  A segment and its ACK take ${format(own)} us, both sides together. The protocol takes ${format(alone, 1)} us of them: header, SHA-1 tag,
  SHA-256 of the whole and the state machines. This is measured with both ends in one process and no socket between them,
  where they move ${format(LARGEST_PAYLOAD / alone)} MB/s. The bare datagrams take ${format(least)} us. The rest is the cost of the sockets of Node
  when each end waits for the other: a send that wakes up a process costs more than one to a process that is awake.`;
  return { text, ratios: compared };
}

async function measure(server: Program, move: () => Promise<Moved>): Promise<Round> {
  const before = await cpuSeconds(server.pid);
  const moved = await move();
  return { ...moved, serverCpu: (await cpuSeconds(server.pid)) - before };
}

function row(rounds: readonly Round[]): string[] {
  const middle = (figure: (round: Round) => number) => median(rounds.map(figure));
  return [
    format(middle(megabytes), 1),
    format(middle(datagrams)),
    format(middle(clientTime), 1),
    format(middle(serverTime), 1),
  ];
}

function megabytes({ bytes, seconds }: Round): number {
  return bytes / seconds / 1e6;
}

function datagrams({ datagrams: count, seconds }: Round): number {
  return count / seconds;
}

/** Microseconds for each datagram. */
function clientTime({ cpu, datagrams: count }: Round): number {
  return (cpu / count) * 1e6;
}

function serverTime({ serverCpu, datagrams: count }: Round): number {
  return (serverCpu / count) * 1e6;
}
