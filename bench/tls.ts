import { format, median, table } from './figures.ts';
import { handshakes } from './handshakes.ts';
import { load } from './load.ts';
import { pingPong } from './ping-pong.ts';
import { type LabServer, type Program, startLabServer, startProgram } from './programs.ts';
import { type Ratio, ratio, type Section } from './section.ts';

// Many short rounds, because the load of other programs on a machine changes by the second.
const ROUNDS = 5;
const ROUND_MS = 1_500;
const NO_FAULTS = 'loss=0,delay=0,corruption=0';

/** A way to reach a server. */
interface Way {
  readonly name: string;
  /** Measures one round, per second. */
  readonly measure: (signal: AbortSignal) => Promise<number>;
}

export const tls: Section = {
  title: `TLS 1.3 against plain text, key log on: connections opened (full handshakes) and exchanges on open ones, per second; medians of ${ROUNDS} interleaved rounds of ${ROUND_MS / 1000} s`,

  async run(signal) {
    await using made = new AsyncDisposableStack();
    const http = made.use(await startLabServer('http', { HTTP_FAULTS: 'none' }));
    const echo = made.use(await startLabServer('echo', { ECHO_FAULTS: NO_FAULTS }));
    const start = (kind: 'http' | 'echo') => startProgram(process.execPath, ['bench/bare-tls.ts', kind]);
    const bareHttp = made.use(await start('http'));
    const bareEcho = made.use(await start('echo'));
    const compared = [
      await compare('HTTP, connections', opened(http, bareHttp), signal),
      await compare('HTTP, requests', requests(http, bareHttp), signal),
      await compare('echo, connections', opened(echo, bareEcho), signal),
      await compare('echo, messages', messages(echo, bareEcho), signal),
    ];
    return {
      text: table([['', 'per second', 'TLS is'], ...compared.flatMap(({ rows }) => rows)]),
      ratios: compared.flatMap(({ ratios }) => ratios),
    };
  },
};

function opened(lab: LabServer, bare: Program): Way[] {
  const way = (kind: 'tcp' | 'tls', port: number) => (signal: AbortSignal) =>
    handshakes(kind, port, ROUND_MS, signal);
  return waysOf(way('tls', lab.tlsPort), way('tcp', lab.port), way('tls', bare.port));
}

function requests(lab: LabServer, bare: Program): Way[] {
  const way = (scheme: string, port: number) => async (signal: AbortSignal) => {
    const result = await load(
      `${scheme}://127.0.0.1:${port}/getbalance`,
      { duration: Math.ceil(ROUND_MS / 1000) },
      signal,
    );
    return result['2xx'] / result.duration;
  };
  return waysOf(way('https', lab.tlsPort), way('http', lab.port), way('https', bare.port));
}

function messages(lab: LabServer, bare: Program): Way[] {
  const way = (kind: 'tcp' | 'tls', port: number) => async (signal: AbortSignal) =>
    (await pingPong(kind, port, ROUND_MS, signal)).rate;
  return waysOf(way('tls', lab.tlsPort), way('tcp', lab.port), way('tls', bare.port));
}

function waysOf(...[overTls, plain, bare]: readonly [Way['measure'], Way['measure'], Way['measure']]): Way[] {
  return [
    { name: 'wirelab, TLS', measure: overTls },
    { name: 'wirelab, plain', measure: plain },
    { name: 'Node, bare TLS', measure: bare },
  ];
}

/** Compares the first way with the others. */
async function compare(
  what: string,
  ways: readonly Way[],
  signal: AbortSignal,
): Promise<{ rows: string[][]; ratios: Ratio[] }> {
  const rates = ways.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (const { measure } of ways) await measure(signal);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { measure }] of ways.entries()) rates[index]!.rounds.push(await measure(signal));
  }
  const [own, ...others] = rates;
  const ratios = others.map(({ name, rounds }) =>
    ratio(`${what}, of ${name}`, 'higher', own!.rounds, rounds),
  );
  const rows = rates.map(({ name, rounds }, index) => [
    `${what}: ${name}`,
    format(median(rounds)),
    index === 0 ? '' : `${format(median(ratios[index - 1]!.rounds), 2)} x`,
  ]);
  return { rows, ratios };
}
