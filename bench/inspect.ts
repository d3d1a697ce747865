import { imageOf } from '../tests/images.ts';
import { format, table } from './figures.ts';
import type { Measured } from './inspect-alone.ts';
import { createBenchLab, LAB_PROJECT } from './lab.ts';
import { run } from './programs.ts';
import type { Section } from './section.ts';

/** Packets of the captures, about. */
const SIZES = [200_000, 1_000_000];
const MESSAGES = 1_500;

export const inspect: Section = {
  title: `joining journals and captures, beside tshark alone reading the same capture into the same fields; every fault, ${MESSAGES} messages over each protocol and a transfer, over and over`,

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
      // Some messages are given up, which is told by the status.
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
    for (const size of SIZES) rows.push(row(await measure(lab, size)));
    return table([
      ['packets', 'entries', 'confirmed %', 's', 'of tshark', 'target', 'MiB of node', 'and of its tshark'],
      ...rows,
    ]);
  },
};

async function measure(
  { captures, httpPort, echoPort }: { captures: string; httpPort: string; echoPort: string },
  size: number,
): Promise<Measured> {
  const printed = await run('docker', [
    ...['run', '--rm', '--label', `com.docker.compose.project=${LAB_PROJECT}`, '--network', 'none'],
    ...['--volume', `${captures}:/captures:ro`, '--volume', `${import.meta.dirname}:/lab/bench:ro`],
    ...['--env', `HTTP_PORT=${httpPort}`, '--env', `ECHO_PORT=${echoPort}`, '--entrypoint', 'node'],
    ...[imageOf('capture'), '/lab/bench/inspect-alone.ts', String(size)],
  ]);
  return JSON.parse(printed);
}

function row({
  packets,
  entries,
  confirmed,
  seconds,
  tsharkSeconds,
  nodeMiB,
  tsharkMiB,
}: Measured): string[] {
  return [
    format(packets),
    format(entries),
    format((confirmed / entries) * 100, 2),
    format(seconds, 1),
    format(seconds / tsharkSeconds, 2),
    'at most 1.5',
    format(nodeMiB),
    format(tsharkMiB),
  ];
}
