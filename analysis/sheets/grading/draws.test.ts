import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseProfile } from '#lib/faults/fault-profile.ts';
import { type FaultChange, Faults } from '#lib/faults/faults.ts';
import { outcomes } from '#lib/faults/outcomes.ts';
import { runIn } from '#lib/journal/run.ts';
import { drawProblems } from './draws.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'draws-'));
});
afterEach(() => rm(folder, { recursive: true }));

const PROFILE = 'timeout=0.2,403=0.3,500=0.2';
const time = (second: number) => new Date(Date.UTC(2026, 10, 30, 12, 0, second)).toISOString();

/** A journal as the HTTP server writes it: a request for each number, and changes between. */
class Journal {
  readonly faults = new Faults('http', outcomes, {
    profile: parseProfile(PROFILE, outcomes).profile!,
    seed: 'alice',
  });
  readonly lines: Record<string, unknown>[] = [];

  requests(count: number): this {
    for (let one = 0; one < count; one += 1) {
      const { fault: outcome, draw: request } = this.faults.next();
      this.#add({ client_ip: '10.0.1.1', client_port: 40_000, outcome, request });
    }
    return this;
  }

  change(change: FaultChange): this {
    const { draws } = this.faults.status();
    this.faults.prepare(change)();
    const { profile, seed } = this.faults.status();
    this.#add({ event: 'faults', server: 'http', profile, seed, request: draws });
    return this;
  }

  #add(entry: Record<string, unknown>): void {
    const id = this.lines.length + 1;
    this.lines.push({ timestamp: time(id), id, ...entry });
  }
}

const start = {
  timestamp: time(0),
  program: 'http',
  port: 8080,
  addresses: { server: '10.0.28.182', client: '10.0.1.1' },
  versions: { wirelab: '0.2.0', node: '24' },
  faults: [{ server: 'http', profile: PROFILE, seed: 'alice' }],
};

async function problemsOf(lines: readonly object[]): Promise<string[]> {
  await writeFile(join(folder, 'http.log'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const run = runIn(JSON.stringify(start), {
    addresses: { server: '', client: '' },
    ports: { http: 1, https: 2, echo: 3, echoTls: 4 },
  });
  const found: string[] = [];
  for await (const { kind, journal, entry, detail } of drawProblems(folder, run))
    found.push(`${kind} ${journal} ${entry}: ${detail}`);
  return found;
}

test('a journal as the server wrote it has no problem, also after changes', async () => {
  const journal = new Journal()
    .requests(9)
    .change({ profile: 'script:403,200,500' })
    .requests(5)
    .change({ seed: 'bob', profile: PROFILE })
    .requests(4)
    .change({ profile: 'none' })
    .requests(3)
    .change({ reset: true })
    .requests(6);
  expect(await problemsOf(journal.lines)).toEqual([]);
});

test('an edited outcome is another one than the seed gives', async () => {
  const { lines } = new Journal().requests(6);
  const before = lines[3]!.outcome;
  lines[3]!.outcome = before === '200' ? '403' : '200';
  expect(await problemsOf(lines)).toEqual([
    `differs http.log 4: draw 4 of http is ${before}, by seed alice and ${PROFILE}; the entry has ${lines[3]!.outcome}`,
  ]);
});

test('a deleted entry leaves a gap', async () => {
  const { lines } = new Journal().requests(6);
  expect(await problemsOf(lines.toSpliced(2, 1))).toEqual([
    'missing http.log 4: draw 4 of http follows draw 2',
  ]);
  expect(await problemsOf(lines.slice(1))).toEqual(['missing http.log 2: draw 2 of http follows draw 0']);
});

test('the seed of another student gives other outcomes', async () => {
  const { lines } = new Journal().change({ seed: 'bob' }).requests(20);
  expect((await problemsOf(lines.slice(1))).length).toBeGreaterThan(3);
});

test('each direction of the wire has the faults of its conditions, until they change', async () => {
  const conditions = (id: number, up: string, down: string) => ({
    ...{ timestamp: time(id), id, event: 'wire', address: '10.0.77.1', seed: 'alice', up, down },
    ...{ set: { up: { faults: up }, down: { faults: down } }, configured: { up: {}, down: {} } },
  });
  const decision = (id: number, direction: string, fault: string) => ({
    ...{ timestamp: time(id), id, direction, fault, flow: 'udp 9090 #1', packet: id, protocol: 'udp' },
    ...{ source: '10.0.1.1', destination: '10.0.28.182', ip_id: 1, bytes: 60, payload: 32 },
  });
  const lines = [
    conditions(1, 'loss=1', 'duplicate=1'),
    ...[decision(2, 'up', 'loss'), decision(3, 'down', 'duplicate'), decision(4, 'down', 'loss')],
    conditions(5, 'duplicate=1', 'loss=1'),
    ...[decision(6, 'down', 'loss'), decision(7, 'up', 'loss')],
  ];
  await writeFile(join(folder, 'wire.log'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(await problemsOf([])).toEqual([
    'differs wire.log 4: packet 4 of udp 9090 #1, down, draws duplicate by seed alice and duplicate=1; the entry has loss',
    'differs wire.log 7: packet 7 of udp 9090 #1, up, draws duplicate by seed alice and duplicate=1; the entry has loss',
  ]);
});
