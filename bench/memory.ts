import { format, table } from './figures.ts';
import { containers, createBenchLab, LAB_PROJECT } from './lab.ts';
import { run } from './programs.ts';
import type { Section } from './section.ts';

/** Docker's units, in MiB. */
const units = new Map([
  ['B', 1 / 1024 ** 2],
  ['KiB', 1 / 1024],
  ['MiB', 1],
  ['GiB', 1024],
]);

export const memory: Section = {
  title: 'memory of each container of an idle lab',

  async run(signal) {
    await using lab = await createBenchLab();
    await lab.up(signal);
    const printed = await run(
      'docker',
      ['stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}}', ...(await containers(LAB_PROJECT))],
      { signal },
    );
    const used = printed
      .trimEnd()
      .split('\n')
      .map(readUsage)
      .toSorted((a, b) => b.mebibytes - a.mebibytes);
    const total = used.reduce((sum, { mebibytes }) => sum + mebibytes, 0);
    const text = table([
      ['', 'memory MiB'],
      ...used.map(({ service, mebibytes }) => [service, format(mebibytes, 1)]),
      ['all', format(total, 1)],
    ]);
    return { text, ratios: [] };
  },
};

/** Reads `wirelab-bench-http-1 31.5MiB / 15.6GiB`. */
function readUsage(line: string): { service: string; mebibytes: number } {
  const [, service, figure, unit] = new RegExp(`^${LAB_PROJECT}-(.+)-1 ([\\d.]+)(\\w+) /`).exec(line) ?? [];
  return { service: service!, mebibytes: Number(figure) * units.get(unit!)! };
}
