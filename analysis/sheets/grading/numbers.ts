import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEvent, readEntries } from '#lib/journal/entries.ts';
import { RECORD, type Run } from '#lib/journal/run.ts';
import type { Assignment } from '../hand-in/manifest.ts';
import type { Flags } from './flags.ts';
import type { Judged } from './judged.ts';
import type { Sheets } from './sheets.ts';

export interface NumbersParts {
  readonly folder: string;
  readonly run: Run;
  readonly sheets: Pick<Sheets, 'labSeedOf' | 'clientAddressOf'>;
}

/** Compares the seed and the address of a run with those of the student, and flags others. */
export async function judgeNumbers(
  assignment: Assignment,
  { folder, run, sheets }: NumbersParts,
  flags: Flags,
): Promise<NonNullable<Judged['numbers']>> {
  const seed = sheets.labSeedOf(assignment);
  const runSeed = await seedOfRun(folder, run);
  const { server, client: runAddress } = run.addresses;
  const address = sheets.clientAddressOf(assignment, { subnet: subnetOf(server), taken: [server] });
  if (runSeed !== seed) flags.add('seed-differs', `the run has ${quoted(runSeed)}, the student ${quoted(seed)}`);
  if (runAddress !== address)
    flags.add('address-differs', `the client host has ${runAddress || 'no address'}, the student's is ${address}`);
  for (const strange of await strangersOf(folder, address))
    flags.add('address-differs', `a journal has entries of a client ${strange}`);
  return { seed, address, runSeed, runAddress };
}

/** The seed in the first line of the record, or the first one with which a server started. */
async function seedOfRun(folder: string, { starts }: Run): Promise<string | undefined> {
  const record = await readFile(join(folder, RECORD), 'utf8').catch(() => '');
  const [first = ''] = record.split('\n', 1);
  const ofServers = new Set(starts.flatMap(({ faults }) => faults.map((fault) => fault.seed)));
  const named = /"event":"run".*"seed":"([^"]{0,200})"/.exec(first)?.[1];
  // A server that started with another seed than the run is the one that counts.
  return [...ofServers].find((seed) => seed !== named) ?? named;
}

/** The network of a lab by the address of its server host: the lab's networks have 16 bits. */
function subnetOf(server: string): string {
  const [first = '0', second = '0'] = server.split('.');
  return `${first}.${second}.0.0/16`;
}

/** Clients of the same network in the journals, other than the student's. A browser on her machine has another network. */
async function strangersOf(folder: string, address: string): Promise<Set<string>> {
  const strange = new Set<string>();
  const network = address.split('.').slice(0, 2).join('.');
  for await (const entry of readEntries(folder)) {
    const client = !isEvent(entry) && entry.client_ip;
    if (!client || client === address || !client.startsWith(`${network}.`) || strange.size > 5) continue;
    if (!client.endsWith('.0.1')) strange.add(client);
  }
  return strange;
}

function quoted(seed: string | undefined): string {
  return seed === undefined ? 'no seed' : `seed ${JSON.stringify(seed)}`;
}
