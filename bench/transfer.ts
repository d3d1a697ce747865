import { askFaults } from '#lib/control/control.ts';
import { HEADER_BYTES, LARGEST_PAYLOAD } from '#lib/transfer/datagram.ts';
import { format, median, table } from './figures.ts';
import { type Moved, moveByTcp, moveByTransfer, RTO, type Shape, type Transferred } from './moves.ts';
import { type LabServer, startLabServer, startProgram } from './programs.ts';
import type { Section } from './section.ts';
import { arrivals, arrivalsWithTimeout, efficiency, payloadShare, type Wire } from './textbook.ts';
import { besideBare, ROUNDS } from './transfer-bare.ts';

const LOSSES = [0.01, 0.05, 0.2];
const WINDOWS = [1, 8, 64];
/** About how long a transfer with loss is to take, in seconds. */
const LOSSY_SECONDS = 4;
// Without loss many short rounds: the neighbours on a machine change by the second.
const LOSSLESS_ROUNDS = 7;
/** Segments of a transfer without loss. */
const LOSSLESS_SEGMENTS = 6_000;
const TIMEOUT = RTO.min / 1000;
const SHARE = payloadShare(LARGEST_PAYLOAD, HEADER_BYTES);

type Place = Omit<Shape, 'segments'>;
const alone: Place = { mode: 'stop-and-wait', window: 1 };
const full: Place = { mode: 'selective-repeat', window: 64 };
const pipelined = ['go-back-n', 'selective-repeat'] as const;
const places = [alone, ...pipelined.flatMap((mode) => WINDOWS.map((window): Place => ({ mode, window })))];

/** What moved at a place of the table. */
interface Measured extends Place {
  readonly loss: number;
  readonly transfers: readonly Transferred[];
  /** In MB a second; where it can be had. */
  readonly tcp: readonly number[];
}

export const transfer: Section = {
  title:
    `transfers of ${LARGEST_PAYLOAD} bytes a segment over UDP on 127.0.0.1, time-outs ${RTO.min} to ${RTO.max} ms, ` +
    'each datagram lost in the server with the same chance on its way in and on its way out; goodput in MB/s',

  async run(signal) {
    await using made = new AsyncDisposableStack();
    const lab = made.use(await startLabServer('echo', { ECHO_FAULTS: 'none' }));
    const bare = made.use(await startProgram(process.execPath, ['bench/bare-window.ts']));
    // The first one is the warm-up.
    await moveByTransfer(lab.port, { ...full, segments: 5 * LOSSLESS_SEGMENTS }, signal);
    const quiet = await withoutLoss(lab.port, places, signal, bare.port);
    await setFaults(lab, 'loss=0');
    const drawn = await withoutLoss(lab.port, [alone, full], signal);
    const wires = { quiet: wireOf(quiet), drawn: wireOf(drawn) };
    const rows = quiet.map((measured) => row(measured, wires.quiet));
    for (const loss of LOSSES) {
      await setFaults(lab, `loss=${loss}`);
      for (const place of places) {
        const segments = Math.ceil(expected({ ...place, loss }, wires.drawn) * LOSSY_SECONDS);
        const moved = await moveByTransfer(lab.port, { ...place, segments }, signal);
        rows.push(row({ ...place, loss, transfers: [moved], tcp: [] }, wires.drawn));
      }
    }
    await setFaults(lab, 'none');
    const columns = ['textbook', 'is', 'with T', 'is', 'useful %', 'textbook', 'is', 'TCP MB/s'];
    const besides = await besideBare(lab, bare, wires.quiet.rate, signal);
    const text = [
      table([['', 'window', 'loss %', 'MB/s', ...columns], ...rows]),
      `\n${legend(wires)}\n`,
      `  no loss, window 64, and a bare socket that keeps as many under way; medians of ${ROUNDS} interleaved rounds;`,
      '  us: user and system time of each side for each datagram\n',
      besides.text,
      `\n${DIFFERENCES}`,
    ].join('\n');
    return { text, ratios: besides.ratios };
  },
};

async function setFaults({ control }: LabServer, udp: string): Promise<void> {
  await askFaults(control, { profiles: { 'echo-udp': udp } });
}

/** Transfers at several places in interleaved rounds, and the same bytes over TCP when there is a port for it. */
async function withoutLoss(
  port: number,
  at: readonly Place[],
  signal: AbortSignal,
  tcpPort?: number,
): Promise<Measured[]> {
  const all = at.map((place) => ({ ...place, loss: 0, transfers: [] as Transferred[], tcp: [] as number[] }));
  for (let round = 0; round < LOSSLESS_ROUNDS; round += 1) {
    for (const { mode, window, transfers, tcp } of all) {
      const moved = await moveByTransfer(port, { mode, window, segments: LOSSLESS_SEGMENTS }, signal);
      transfers.push(moved);
      if (tcpPort !== undefined) tcp.push(goodputOf(await moveByTcp(tcpPort, moved.bytes, signal)));
    }
  }
  return all;
}

/** The rate of a full window, and the round trip of one segment alone. */
function wireOf(all: readonly Measured[]): Wire {
  const at = ({ mode, window }: Place) =>
    all.find((one) => one.mode === mode && one.window === window)!.transfers;
  return {
    rate: median(at(full).map(({ datagrams, seconds }) => datagrams / seconds)),
    trip: median(at(alone).map(({ trip }) => trip)),
  };
}

/** Segments a second with our time-out. */
function expected({ mode, window, loss }: Place & { readonly loss: number }, wire: Wire): number {
  return arrivalsWithTimeout(mode, window, loss, { ...wire, timeout: TIMEOUT });
}

function row(measured: Measured, wire: Wire): string[] {
  const { mode, window, loss, transfers, tcp } = measured;
  const goodput = median(transfers.map(goodputOf));
  const useful = median(transfers.map(({ bytes, bytesSent }) => (bytes / bytesSent) * 100));
  return [
    mode,
    format(window),
    format(loss * 100),
    format(goodput, 3),
    ...beside(goodput, inMegabytes(arrivals(mode, window, loss, wire)), 3),
    ...beside(goodput, inMegabytes(expected(measured, wire)), 3),
    format(useful, 1),
    ...beside(useful, efficiency(mode, window, loss) * SHARE * 100, 1),
    tcp.length > 0 ? format(median(tcp)) : '-',
  ];
}

function inMegabytes(segments: number): number {
  return (segments * LARGEST_PAYLOAD) / 1e6;
}

/** What a formula says, and the ratio of what was measured to it. */
function beside(measured: number, formula: number, digits: number): [string, string] {
  return [format(formula, digits), `${format(measured / formula, 2)} x`];
}

/** In MB a second. */
function goodputOf({ bytes, seconds }: Moved): number {
  return bytes / seconds / 1e6;
}

function legend({ quiet, drawn }: { readonly quiet: Wire; readonly drawn: Wire }): string {
  const wire = ({ rate, trip }: Wire) => `${format(rate)} segments/s, round trip ${format(trip * 1e3, 3)} ms`;
  return `  The wire of the formulas, which is selective repeat at window 64 and the round trip of stop-and-wait, in medians
  of ${LOSSLESS_ROUNDS} interleaved rounds: ${wire(quiet)};
  with draws and journal, which each datagram has where there are losses, ${wire(drawn)}.
  textbook: rate x utilisation x efficiency (textbook.ts); a time-out is as short as a round trip there.
  with T: the same, and idle for T = ${RTO.min} ms at each time-out, which is as long as it is here at the least.
  useful: bytes of the application of all bytes sent. The formulas hold the header, ${HEADER_BYTES} of ${HEADER_BYTES + LARGEST_PAYLOAD} bytes.
  TCP: as many bytes over a plain socket of Node. With loss it can't be had: the lab draws its losses in the echo
  server for datagrams, not for TCP segments, and netem, which could, needs a module that this kernel may not have.`;
}

const DIFFERENCES = `  Where they differ, and why:
  - Efficiency is the textbook's, for all three: what is sent again depends on the losses, not on time.
  - Goodput with loss is not: a round trip is a fraction of a ms and a time-out at least ${RTO.min} ms, so that the window
    is idle nearly all the time. The textbook's time-out is a round trip; "with T" has ours.
  - It stays below "with T" as a time-out doubles T, to ${RTO.max} ms, and by Karn's rule only a segment that was sent once
    sets it back: those that leave right behind one sent again, a whole window of them, have the long one.
  - Acks are lost too. To stop-and-wait and selective repeat that is a segment lost; go-back-n's next ack makes up
    for it, so that with a window of 8 it can be ahead of selective repeat, at the price of more bytes.
  - Selective repeat waits for all losses of a window at once, go-back-n for one after the other: with a window of
    64 and more loss the first is ahead by far.
  - Without loss nothing waits for a wire: both ends and the kernel share the processors, and a larger window gains
    as far as an end finds several datagrams when it wakes up. On a machine that is busy with other things an end
    may sleep past a time-out: less is useful then than the header leaves, and rows differ from run to run.
  - TCP has its segments, acks and timers in the kernel, and gives Node 64 KiB at a time.`;
