import { join } from 'node:path';
import type { Result } from 'autocannon';
import { format, median, table } from './figures.ts';
import { CONNECTIONS, load } from './load.ts';
import { type Program, startLabServer, startProgram, temporaryFolder } from './programs.ts';
import { hasPython } from './python.ts';
import { ratio, type Section } from './section.ts';

// Many short rounds, because the load of other programs on a machine changes by the second.
const ROUNDS = 7;
const ROUND_SECONDS = 2;
const WARM_UP_SECONDS = 2;

export const throughput: Section = {
  title: `/getbalance when every response is 200, ${CONNECTIONS} connections, medians of ${ROUNDS} interleaved rounds of ${ROUND_SECONDS} s`,

  async run(signal) {
    await using made = new AsyncDisposableStack();
    const lab = made.use(await startLabServer('http', { HTTP_FAULTS: 'none' }));
    const others: { name: string; target: string; program: Program }[] = [
      {
        name: 'Express alone',
        target: 'at least 0.8',
        program: made.use(await startProgram(process.execPath, ['bench/express.ts'])),
      },
    ];
    const python = await hasPython(signal);
    if (python) {
      const folder = made.use(await temporaryFolder());
      others.push({
        name: 'Python, threads',
        target: 'at least 15',
        program: made.use(
          await startProgram('python3', ['bench/threading.py', join(folder.path, 'server.log')]),
        ),
      });
    }

    const programs = [lab, ...others.map(({ program }) => program)];
    for (const { url } of programs) await load(url, { duration: WARM_UP_SECONDS }, signal);
    const results = new Map(programs.map((program) => [program, [] as Result[]]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [{ url }, rounds] of results)
        rounds.push(await load(url, { duration: ROUND_SECONDS }, signal));
    }

    const labResults = results.get(lab)!;
    const compared = others.map((other) => {
      const rounds = results.get(other.program)!;
      const of = ratio(`requests, of ${other.name}`, 'higher', labResults.map(rate), rounds.map(rate));
      return { ...other, rounds, ratio: of };
    });
    const rows = compared.map(({ name, target, rounds, ratio }) => [
      name,
      ...figures(rounds),
      `${format(median(ratio.rounds), 2)} x`,
      target,
    ]);
    const text = [
      table([
        ['', 'requests/s', 'p99 ms', 'errors', 'not 2xx', 'wirelab is', 'target'],
        ['wirelab', ...figures(labResults)],
        ...rows,
      ]),
      ...(python ? [] : ['  Python, threads: skipped, python3 is missing']),
    ].join('\n');
    return { text, ratios: compared.map(({ ratio }) => ratio) };
  },
};

/** Responses with 200 per second. */
function rate(result: Result): number {
  return result['2xx'] / result.duration;
}

function figures(rounds: readonly Result[]): string[] {
  return [
    format(median(rounds.map(rate))),
    format(median(rounds.map(({ latency }) => latency.p99))),
    format(rounds.reduce((sum, { errors }) => sum + errors, 0)),
    format(rounds.reduce((sum, { non2xx }) => sum + non2xx, 0)),
  ];
}
