import { format, median, table } from './figures.ts';
import { createBenchLab } from './lab.ts';
import type { Section } from './section.ts';

const MESSAGES = 101;
const CONNECTIONS = 5;
const DELAY_SECONDS = 1;

export const delay: Section = {
  title: `how late a delay of ${format(DELAY_SECONDS, 3)} s is, in the server's capture: ${MESSAGES} messages over ${CONNECTIONS} connections`,

  async run(signal) {
    await using lab = await createBenchLab({
      ECHO_FAULTS: 'delay=1',
      ECHO_DELAY_SECONDS: String(DELAY_SECONDS),
    });
    await lab.up(signal);
    await lab.exec(
      'client',
      ['client', 'echo', lab.server, lab.echoPort, '--message', 'Hey', '--timeout', '10', '--json'].concat([
        '--count',
        String(MESSAGES),
        '--concurrency',
        String(CONNECTIONS),
      ]),
      signal,
    );
    const fields = ['tcp.stream', 'tcp.srcport', 'frame.time_epoch'].flatMap((field) => ['-e', field]);
    const filter = `tcp.port == ${lab.echoPort} && tcp.len > 0`;
    const frames = await lab.exec(
      'capture-server',
      ['tshark', '-r', '/captures/server.pcap', '-Y', filter, '-T', 'fields', ...fields],
      signal,
    );
    const late = lateness(frames, lab.echoPort);
    const text = table([
      ['messages', 'median ms', 'earliest', 'latest', 'target'],
      [
        format(late.length),
        format(median(late), 2),
        format(Math.min(...late), 2),
        format(Math.max(...late), 2),
        'median at most 1.5',
      ],
    ]);
    return { text, ratios: [{ name: 'ms late', better: 'lower', rounds: late }] };
  },
};

/** How much later than its delay each echo was sent, in ms, by the rows of tshark. */
function lateness(frames: string, echoPort: string): number[] {
  const asked = new Map<string, number>();
  return frames
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [stream = '', port, time] = line.split('\t');
      if (port !== echoPort) {
        asked.set(stream, Number(time));
        return [];
      }
      return [(Number(time) - asked.get(stream)! - DELAY_SECONDS) * 1000];
    });
}
