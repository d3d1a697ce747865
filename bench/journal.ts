import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, table } from './figures.ts';
import { CONNECTIONS, load } from './load.ts';
import { startLabServer, temporaryFolder } from './programs.ts';
import type { Section } from './section.ts';

const REQUESTS = 20_000;

export const journal: Section = {
  title: `what ${format(REQUESTS)} requests over ${CONNECTIONS} connections leave in it`,

  async run(signal) {
    await using folder = await temporaryFolder();
    const counted = join(folder.path, 'writes');
    const { result, text } = await loadServer(counted, signal);
    const writes = Number(await readFile(counted, 'utf8'));
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const draws = new Set(entries.map(({ request }) => request));
    const once = Array.from({ length: REQUESTS }, (_, index) => index + 1).filter((draw) => draws.has(draw));
    return table([
      ['requests', format(REQUESTS), `in ${format(result.duration, 1)} s`],
      ['errors, not 2xx', `${result.errors}, ${result.non2xx}`],
      ['entries', format(entries.length)],
      ['unique ids', format(new Set(entries.map(({ id }) => id)).size)],
      [
        `of the draws 1 to ${format(REQUESTS)}`,
        format(once.length),
        draws.size === entries.length ? 'each once' : 'some twice',
      ],
      ['writes', format(writes), `${format(entries.length / writes, 1)} entries each`],
    ]);
  },
};

/** Loads a server that counts its writes and has ended when this returns. */
async function loadServer(counted: string, signal: AbortSignal) {
  await using server = await startLabServer('http', {
    HTTP_FAULTS: 'none',
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'count-writes.ts')}`,
    BENCH_WRITES: counted,
  });
  const result = await load(server.url, { amount: REQUESTS }, signal);
  return { result, text: await readFile(server.journal, 'utf8') };
}
