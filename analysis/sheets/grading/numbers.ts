import { isIPv4 } from 'node:net';
import { isEvent, readEntries } from '#lib/journal/entries.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Assignment, clientAddressOf, labSeedOf } from '../sheet/assignment.ts';
import type { Flags } from './flags.ts';
import type { Judged } from './judged.ts';

export interface NumbersParts {
  readonly folder: string;
  readonly run: Run;
}

/** Compares the seed and the address of a run with those of the student, and flags others. */
export async function judgeNumbers(
  assignment: Assignment,
  { folder, run }: NumbersParts,
  flags: Flags,
): Promise<NonNullable<Judged['numbers']>> {
  const seed = labSeedOf(assignment);
  const runSeed = seedOfRun(run, seed);
  const { server, client: runAddress } = run.addresses;
  // Without a record, or with a strange one, the run has no network.
  const network = networkOf(isIPv4(server) ? server : '0.0.0.0');
  const taken = [server, `${network}.77.1`];
  const address = clientAddressOf(assignment, { subnet: `${network}.0.0/16`, taken });
  if (runSeed !== seed)
    flags.add('seed-differs', `the run has ${quoted(runSeed)}, the student ${quoted(seed)}`);
  if (runAddress !== address)
    flags.add(
      'address-differs',
      `the client host has ${runAddress || 'no address'}, the student's is ${address}`,
    );
  for (const strange of await strangersOf(folder, address))
    flags.add('address-differs', `a journal has entries of a client ${strange}`);
  return { seed, address, runSeed, runAddress };
}

/** The seed with which the servers started. One that started with another seed than the student's is the one that counts. */
function seedOfRun({ starts }: Run, seed: string): string | undefined {
  const seeds = starts.flatMap(({ faults }) => faults.map((fault) => fault.seed));
  return seeds.find((one) => one !== seed) ?? seeds[0];
}

/** The network of a lab by the address of its server host: the lab's networks have 16 bits. */
function networkOf(server: string): string {
  const [first = '0', second = '0'] = server.split('.');
  return `${first}.${second}`;
}

/** Clients of the same network in the journals, other than the student's. A browser on her machine has another network. */
async function strangersOf(folder: string, address: string): Promise<Set<string>> {
  const strange = new Set<string>();
  const network = networkOf(address);
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
