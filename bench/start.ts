import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageOf } from '../tests/images.ts';
import { format, median, table } from './figures.ts';
import { containers, createBenchLab, LAB_PROJECT } from './lab.ts';
import { run, temporaryFolder } from './programs.ts';
import { ratio, type Section } from './section.ts';

const ROUNDS = 9;
const BARE_PROJECT = 'wirelab-bench-bare';

/** The parts of a start, in seconds. */
const columns = ['total', 'before', 'containers', 'health', 'after'] as const;
const legend = `
  before: until the first container is created
  containers: until the last container is started
  health: until the last container is healthy
  after: until the command returns`;

type Start = readonly number[];

interface Container {
  readonly Created: string;
  readonly State: {
    readonly StartedAt: string;
    readonly Health?: { readonly Log: readonly { readonly End: string; readonly ExitCode: number }[] };
  };
}

export const start: Section = {
  title: `make up when the images are there, and docker compose up with as many sleeping containers; medians of ${ROUNDS} interleaved rounds, in s`,

  async run(signal) {
    await using lab = await createBenchLab();
    await using bare = await createBareContainers();
    const labStarts: Start[] = [];
    const bareStarts: Start[] = [];
    // The first round is the warm-up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      labStarts.push(await measure(LAB_PROJECT, () => lab.up(signal)));
      await lab.down();
      bareStarts.push(await measure(BARE_PROJECT, () => bare.up(signal)));
      await bare.down();
    }
    labStarts.shift();
    bareStarts.shift();

    const totals = (starts: readonly Start[]) => starts.map(([total]) => total!);
    const ofBare = ratio('make up, of sleeping containers', 'lower', totals(labStarts), totals(bareStarts));
    const text = [
      table([
        ['', ...columns, 'make up is', 'target'],
        ['make up', ...row(labStarts), `${format(median(ofBare.rounds), 2)} x`, 'at most 1.3'],
        ['docker compose up', ...row(bareStarts)],
      ]),
      legend,
    ].join('\n');
    return { text, ratios: [ofBare] };
  },
};

function row(starts: readonly Start[]): string[] {
  return columns.map((_, column) => format(median(starts.map((start) => start[column]!)), 2));
}

async function measure(project: string, up: () => Promise<void>): Promise<Start> {
  const from = Date.now();
  await up();
  const to = Date.now();

  const inspected: Container[] = JSON.parse(await run('docker', ['inspect', ...(await containers(project))]));
  const created = Math.min(...inspected.map(({ Created }) => Date.parse(Created)));
  const started = Math.max(...inspected.map(({ State }) => Date.parse(State.StartedAt)));
  const healthy = Math.max(started, ...inspected.map(({ State }) => becameHealthy(State)));
  const moments = [from, created, started, healthy, to];
  const phases = moments.slice(1).map((moment, index) => moment - moments[index]!);
  return [to - from, ...phases].map((milliseconds) => milliseconds / 1000);
}

function becameHealthy({ Health }: Container['State']): number {
  const first = Health?.Log.find(({ ExitCode }) => ExitCode === 0);
  return first ? Date.parse(first.End) : 0;
}

/** The least work for Docker: the lab's containers asleep, without programs, health checks and ports. */
async function createBareContainers() {
  const made = new AsyncDisposableStack();
  const file = join(made.use(await temporaryFolder()).path, 'compose.json');
  await writeFile(file, JSON.stringify(bareCompose()));
  const compose = ['compose', '--project-name', BARE_PROJECT, '--file', file];
  const up = async (signal: AbortSignal) =>
    void (await run('docker', [...compose, 'up', '--detach', '--wait'], { signal }));
  const down = async () => void (await run('docker', [...compose, 'down']));
  made.defer(down);
  return { up, down, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

function bareCompose(): object {
  const asleep = { image: imageOf('programs'), command: ['sleep', 'infinity'], stop_signal: 'SIGKILL' };
  const host = (address: string) => ({ ...asleep, networks: { bare: { ipv4_address: address } } });
  const guest = (service: string) => ({ ...asleep, network_mode: `service:${service}` });
  return {
    services: {
      certificates: { ...asleep, network_mode: 'none' },
      'server-host': host('10.78.1.182'),
      http: guest('server-host'),
      echo: guest('server-host'),
      'capture-server': guest('server-host'),
      'client-host': host('10.78.1.133'),
      client: guest('client-host'),
      'capture-client': guest('client-host'),
    },
    networks: { bare: { ipam: { config: [{ subnet: '10.78.1.0/24' }] } } },
  };
}
