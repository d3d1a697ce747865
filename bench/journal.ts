import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, median, table } from './figures.ts';
import { CONNECTIONS, load } from './load.ts';
import { startLabServer, temporaryFolder } from './programs.ts';
import type { Section } from './section.ts';

const ROUNDS = 5;
const REQUESTS = 20_000;

/** The result of a round. */
interface Round {
  readonly seconds: number;
  readonly failed: number;
  readonly entries: number;
  readonly ids: number;
  /** How many of the draws 1 to REQUESTS are in the journal. */
  readonly draws: number;
  readonly twice: boolean;
  readonly writes: number;
}

export const journal: Section = {
  title: `the entries of ${format(REQUESTS)} requests over ${CONNECTIONS} connections; ${ROUNDS} rounds, each with a new server`,

  async run(signal) {
    const rounds: Round[] = [];
    while (rounds.length < ROUNDS) rounds.push(await measure(signal));
    // The figure of all rounds, or each different one.
    const shown = (name: 'failed' | 'entries' | 'ids' | 'draws') =>
      [...new Set(rounds.map((round) => round[name]))].map((figure) => format(figure)).join(', ');
    const inWrite = rounds.map(({ entries, writes }) => entries / writes);
    const text = table([
      ['requests', format(REQUESTS), `in ${format(median(rounds.map(({ seconds }) => seconds)), 1)} s`],
      ['errors or not 2xx', shown('failed')],
      ['entries', shown('entries')],
      ['unique ids', shown('ids')],
      [
        `of the draws 1 to ${format(REQUESTS)}`,
        shown('draws'),
        rounds.some(({ twice }) => twice) ? 'some twice' : 'each once',
      ],
      [
        'writes',
        format(median(rounds.map(({ writes }) => writes))),
        `${format(median(inWrite), 1)} entries each`,
      ],
    ]);
    return { text, ratios: [{ name: 'entries in a write', better: 'higher', rounds: inWrite }] };
  },
};

async function measure(signal: AbortSignal): Promise<Round> {
  await using folder = await temporaryFolder();
  const counted = join(folder.path, 'writes');
  const { result, text } = await loadServer(counted, signal);
  const entries = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const draws = new Set(entries.map(({ request }) => request));
  return {
    seconds: result.duration,
    failed: result.errors + result.non2xx,
    entries: entries.length,
    ids: new Set(entries.map(({ id }) => id)).size,
    draws: Array.from({ length: REQUESTS }, (_, index) => index + 1).filter((draw) => draws.has(draw)).length,
    twice: draws.size !== entries.length,
    writes: Number(await readFile(counted, 'utf8')),
  };
}

/** Sends requests to a server that counts its writes. The server has ended when this returns. */
async function loadServer(counted: string, signal: AbortSignal) {
  await using server = await startLabServer('http', {
    HTTP_FAULTS: 'none',
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'count-writes.ts')}`,
    BENCH_WRITES: counted,
  });
  const result = await load(server.url, { amount: REQUESTS }, signal);
  return { result, text: await readFile(server.journal, 'utf8') };
}
