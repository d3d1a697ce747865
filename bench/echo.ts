import { format, median, table } from './figures.ts';
import { CLIENTS, type Protocol, pingPong, type Rally } from './ping-pong.ts';
import { type Program, startLabServer, startProgram } from './programs.ts';
import { hasPython } from './python.ts';
import { type Ratio, ratio, type Section } from './section.ts';

// Many short rounds, because the load of other programs on a machine changes by the second.
const ROUNDS = 7;
const ROUND_MS = 1_500;
const WARM_UP_MS = 2_000;
/** The server makes draws that never give a fault, so every message comes back at once. */
const NO_FAULTS = 'loss=0,delay=0,corruption=0';

interface Contender {
  readonly name: string;
  readonly program: Program;
  readonly target: string;
}

export const echo: Section = {
  title: `messages and echoes of ${CLIENTS} clients in turns, with faults, journal and log on; medians of ${ROUNDS} interleaved rounds of ${ROUND_MS / 1000} s`,

  async run(signal) {
    await using made = new AsyncDisposableStack();
    const lab = made.use(await startLabServer('echo', { ECHO_FAULTS: NO_FAULTS }));
    const others: Contender[] = [
      {
        name: 'Node, bare',
        program: made.use(await startProgram(process.execPath, ['bench/bare-echo.ts'])),
        target: 'at least 0.7',
      },
    ];
    const python = await hasPython(signal);
    if (python) {
      const program = made.use(await startProgram('python3', ['bench/threading-echo.py']));
      others.push({ name: 'Python, threads', program, target: 'at least 4' });
    }
    const rows: string[][] = [];
    const ratios: Ratio[] = [];
    for (const protocol of ['tcp', 'udp'] as const) {
      const compared = await compare(protocol, lab, others, signal);
      rows.push(...compared.rows);
      ratios.push(...compared.ratios);
    }
    const text = [
      table([['', 'echoes/s', 'p99 ms', 'wirelab is', 'target'], ...rows]),
      ...(python ? [] : ['  Python, threads: skipped, python3 is missing']),
    ].join('\n');
    return { text, ratios };
  },
};

async function compare(
  protocol: Protocol,
  lab: Program,
  others: readonly Contender[],
  signal: AbortSignal,
): Promise<{ rows: string[][]; ratios: Ratio[] }> {
  const programs = [lab, ...others.map(({ program }) => program)];
  for (const { port } of programs) await pingPong(protocol, port, WARM_UP_MS, signal);
  const rates = new Map(programs.map((program) => [program, [] as Rally[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [{ port }, rounds] of rates) rounds.push(await pingPong(protocol, port, ROUND_MS, signal));
  }
  const own = rates.get(lab)!;
  const inCapitals = protocol.toUpperCase();
  const ratios = others.map(({ name, program }) =>
    ratio(`${inCapitals}, of ${name}`, 'higher', own.map(rateOf), rates.get(program)!.map(rateOf)),
  );
  const rows = others.map(({ name, program, target }, index) => [
    `${inCapitals}  ${name}`,
    ...figures(rates.get(program)!),
    `${format(median(ratios[index]!.rounds), 2)} x`,
    target,
  ]);
  return { rows: [[`${inCapitals}  wirelab`, ...figures(own)], ...rows], ratios };
}

function rateOf({ rate }: Rally): number {
  return rate;
}

function figures(rounds: readonly Rally[]): string[] {
  return [format(median(rounds.map(rateOf))), format(median(rounds.map(({ p99 }) => p99)), 2)];
}
