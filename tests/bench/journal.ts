import { readFile } from 'node:fs/promises';
import { format, table } from './figures.ts';
import { CONNECTIONS, load } from './load.ts';
import { threadWrites } from './process.ts';
import { startLabServer } from './programs.ts';
import type { Section } from './section.ts';

const REQUESTS = 20_000;
/** How Node's threads tell the main one that a write is done: an event of 8 bytes. */
const EVENT_BYTES = 8;

export const journal: Section = {
  title: `what ${format(REQUESTS)} requests over ${CONNECTIONS} connections leave in it`,

  async run(signal) {
    await using server = await startLabServer('http', { HTTP_FAULTS: 'none' });
    const before = await threadWrites(server.pid);
    const { duration, errors, non2xx } = await load(server.url, { amount: REQUESTS }, signal);
    const after = await threadWrites(server.pid);

    const text = await readFile(server.journal, 'utf8');
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const draws = new Set(entries.map(({ request }) => request));
    const once = Array.from({ length: REQUESTS }, (_, index) => index + 1).filter((draw) => draws.has(draw));

    const events = (after.bytes - before.bytes - Buffer.byteLength(text)) / EVENT_BYTES;
    const writes = after.calls - before.calls - events;
    return table([
      ['requests', format(REQUESTS), `in ${format(duration, 1)} s`],
      ['errors, not 2xx', `${errors}, ${non2xx}`],
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
