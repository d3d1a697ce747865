import { imageOf } from '../tests/images.ts';
import { format, median, table } from './figures.ts';
import type { Measured } from './inspect-alone.ts';
import { createBenchLab, LAB_PROJECT } from './lab.ts';
import { run } from './programs.ts';
import { type Ratio, ratio, type Section } from './section.ts';

/** About how many packets each capture has, and how often it is read. */
const SIZES = [
  { packets: 200_000, rounds: 5 },
  { packets: 1_000_000, rounds: 3 },
] as const;
const MESSAGES = 1_500;

export const inspect: Section = {
  title: `matching journals and captures, compared with tshark alone reading the same fields of the same capture; every fault, ${MESSAGES} messages over each protocol and a transfer, many times; medians of interleaved rounds, ${SIZES.map(({ rounds }) => rounds).join(' and ')}`,

  async run(signal) {
    await using lab = await createBenchLab({
      ECHO_DELAY_SECONDS: '0-0.2',
      ECHO_TCP_FAULTS: 'loss=0.1,delay=0.05,corruption=0.1,duplicate=0.1,reorder=0.1,truncate=0.1,drip=0.02',
      ECHO_UDP_FAULTS: 'loss=0.1,delay=0.1,corruption=0.1,duplicate=0.1,reorder=0.1,truncate=0.1',
    });
    await lab.up(signal);
    const client = (...args: string[]) => lab.exec('client', ['client', ...args], signal);
    for (const protocol of ['tcp', 'udp']) {
      const load = ['--count', String(MESSAGES), '--concurrency', '16', '--timeout', '0.3'];
      const message = ['--protocol', protocol, '--message', 'Hey'];
      // The client gives up some messages, and then ends with an error.
      await client('echo', lab.server, lab.echoPort, ...message, ...load).catch(() => undefined);
    }
    const quick = ['--min-rto', '5', '--max-rto', '10', '--window', '8'];
    await client(
      'send',
      lab.server,
      lab.echoPort,
      '--protocol-mode',
      'go-back-n',
      '--count',
      '300',
      ...quick,
    );
    await lab.down();
    const rows: string[][] = [];
    const ratios: Ratio[] = [];
    for (const size of SIZES) {
      const measured = await measure(lab, size);
      const ofTshark = ratio(
        `${format(size.packets)} packets, of tshark`,
        'lower',
        measured.seconds,
        measured.tsharkSeconds,
      );
      rows.push(row(measured, ofTshark));
      ratios.push(ofTshark);
    }
    const text = table([
      ['packets', 'entries', 'confirmed %', 's', 'of tshark', 'target', 'MiB of node', 'MiB of its tshark'],
      ...rows,
    ]);
    return { text, ratios };
  },
};

async function measure(
  { captures, httpPort, echoPort }: { captures: string; httpPort: string; echoPort: string },
  { packets, rounds }: (typeof SIZES)[number],
): Promise<Measured> {
  const printed = await run('docker', [
    ...['run', '--rm', '--label', `com.docker.compose.project=${LAB_PROJECT}`, '--network', 'none'],
    ...['--volume', `${captures}:/captures:ro`, '--volume', `${import.meta.dirname}:/lab/bench:ro`],
    ...['--env', `HTTP_PORT=${httpPort}`, '--env', `ECHO_PORT=${echoPort}`, '--entrypoint', 'node'],
    ...[imageOf('capture'), '/lab/bench/inspect-alone.ts', String(packets), String(rounds)],
  ]);
  return JSON.parse(printed);
}

function row(
  { packets, entries, confirmed, seconds, nodeMiB, tsharkMiB }: Measured,
  ofTshark: Ratio,
): string[] {
  return [
    format(packets),
    format(entries),
    format((confirmed / entries) * 100, 2),
    format(median(seconds), 1),
    format(median(ofTshark.rounds), 2),
    'at most 1.5',
    format(nodeMiB),
    format(tsharkMiB),
  ];
}
