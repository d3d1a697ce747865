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
/** About how long a transfer with loss should take, in seconds. */
const LOSSY_SECONDS = 4;
// Without loss there are many short rounds, because the load of other programs on a machine changes by the second.
const LOSSLESS_ROUNDS = 7;
/** Segments in a transfer without loss. */
const LOSSLESS_SEGMENTS = 6_000;
const TIMEOUT = RTO.min / 1000;
const SHARE = payloadShare(LARGEST_PAYLOAD, HEADER_BYTES);

type Place = Omit<Shape, 'segments'>;
const alone: Place = { mode: 'stop-and-wait', window: 1 };
const full: Place = { mode: 'selective-repeat', window: 64 };
const pipelined = ['go-back-n', 'selective-repeat'] as const;
const places = [alone, ...pipelined.flatMap((mode) => WINDOWS.map((window): Place => ({ mode, window })))];

/** The transfers of one row of the table. */
interface Measured extends Place {
  readonly loss: number;
  readonly transfers: readonly Transferred[];
  /** The goodput of TCP in MB per second, where it can be measured. */
  readonly tcp: readonly number[];
}

export const transfer: Section = {
  title:
    `transfers of ${LARGEST_PAYLOAD} bytes a segment over UDP on 127.0.0.1, timeouts ${RTO.min} to ${RTO.max} ms, ` +
    'each datagram is lost in the server with the same chance in both directions; goodput in MB/s',

  async run(signal) {
    await using made = new AsyncDisposableStack();
    const lab = made.use(await startLabServer('echo', { ECHO_FAULTS: 'none' }));
    const bare = made.use(await startProgram(process.execPath, ['bench/bare-window.ts']));
    // The first transfer is the warm-up.
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
      `  no loss, window 64, and a bare socket that keeps as many on the way; medians of ${ROUNDS} interleaved rounds;`,
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

/** Makes transfers for several rows in interleaved rounds, and moves the same bytes over TCP if a port is given. */
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

/** The rate of a full window, and the round trip of a segment alone. */
function wireOf(all: readonly Measured[]): Wire {
  const at = ({ mode, window }: Place) =>
    all.find((one) => one.mode === mode && one.window === window)!.transfers;
  return {
    rate: median(at(full).map(({ datagrams, seconds }) => datagrams / seconds)),
    trip: median(at(alone).map(({ trip }) => trip)),
  };
}

/** Segments per second with the timeout of the lab. */
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

/** The result of a formula, and the ratio of the measured figure to it. */
function beside(measured: number, formula: number, digits: number): [string, string] {
  return [format(formula, digits), `${format(measured / formula, 2)} x`];
}

/** In MB per second. */
function goodputOf({ bytes, seconds }: Moved): number {
  return bytes / seconds / 1e6;
}

function legend({ quiet, drawn }: { readonly quiet: Wire; readonly drawn: Wire }): string {
  const wire = ({ rate, trip }: Wire) => `${format(rate)} segments/s, round trip ${format(trip * 1e3, 3)} ms`;
  return `  The wire of the formulas: the rate of selective repeat with window 64 and the round trip of stop-and-wait, medians
  of ${LOSSLESS_ROUNDS} interleaved rounds: ${wire(quiet)};
  with draws and journal, as for each datagram where there is loss: ${wire(drawn)}.
  textbook: rate x utilisation x efficiency (textbook.ts); its timeout is as short as a round trip.
  with T: the same, and idle for T = ${RTO.min} ms at each timeout, which is the shortest one here.
  useful: the share of the application's bytes in all sent bytes. The formulas include the header, ${HEADER_BYTES} of ${HEADER_BYTES + LARGEST_PAYLOAD} bytes.
  TCP: as many bytes over a plain socket of Node. It has no figures with loss: the echo server loses datagrams, not TCP
  segments. netem could lose them, but it needs a module that this kernel may not have.`;
}

const DIFFERENCES = `  Where they differ, and why:
  - Efficiency is the textbook's, for all three: retransmissions depend on the losses, not on time.
  - Goodput with loss is not. A round trip takes a fraction of a ms and a timeout at least ${RTO.min} ms, so the window is idle
    nearly all the time. The textbook's timeout is a round trip; "with T" has the timeout of the lab.
  - Goodput stays below "with T", because a timeout doubles T, up to ${RTO.max} ms. By Karn's rule only a segment that was sent
    once ends that. The whole window of segments that follows a retransmission has the long timeout.
  - ACKs are lost too. For stop-and-wait and selective repeat, that is the same as a lost segment. In go-back-N the next
    ACK makes up for it. So with a window of 8 go-back-N can be faster than selective repeat, but it sends more bytes.
  - Selective repeat waits for all losses of a window at once, go-back-N for one after the other. With a window of 64 and
    more loss, selective repeat is much faster.
  - Without loss nothing waits for a wire: both ends and the kernel share the processors. A larger window helps when an end
    finds several datagrams as it wakes up. On a busy machine an end may sleep past a timeout. Then the useful share is
    smaller than the header alone explains, and rows differ from run to run.
  - TCP has its segments, ACKs and timers in the kernel, and gives Node 64 KiB at a time.`;
