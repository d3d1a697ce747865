import { type FaultChange, FaultChangeError, type Faults } from '#lib/faults/faults.ts';
import type { Note } from '#lib/journal/open-journal.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Controlled } from './control.ts';

export interface FaultControlParts {
  readonly log: Log;
  readonly note: Note;
  /** The name of the field for the number of a draw in the journal. */
  readonly counts: 'request' | 'message';
}

/**
 * What the control socket offers for the faults of a program, which may run several servers. Either all of the servers
 * that a change concerns carry it out, or none when one refuses it. Each journals the change.
 */
export function controlFaults(
  all: readonly Faults[],
  { log, note, counts }: FaultControlParts,
): NonNullable<Controlled['faults']> {
  return {
    status: () => all.map((faults) => faults.status()),

    async change(change, { check = false } = {}) {
      const concerned = all.filter(({ server }) => concerns(change, server));
      const prepared = prepareAll(all, concerned, change);
      if (check) return;
      for (const carryOut of prepared) carryOut();
      for (const faults of concerned) {
        const { server, profile, of, seed, draws } = faults.status();
        log.info(`Fault profile of ${server} is now ${profile}, seed ${seed}, next draw ${draws + 1}`);
        await note('faults', { server, profile, of, seed, ...counted(counts, draws) }).catch(
          (error: unknown) => log.error(`the change is made, but it can't be journaled: ${error}`),
        );
      }
    },
  };
}

function counted(counts: FaultControlParts['counts'], draws: number) {
  return counts === 'request' ? { request: draws } : { message: draws };
}

function concerns({ profile, profiles, seed, reset }: FaultChange, server: string): boolean {
  return profile !== undefined || seed !== undefined || reset === true || profiles?.[server] !== undefined;
}

function prepareAll(
  all: readonly Faults[],
  concerned: readonly Faults[],
  change: FaultChange,
): (() => void)[] {
  const servers = all.map(({ server }) => server);
  const problems = Object.keys(change.profiles ?? {})
    .filter((name) => !servers.includes(name))
    .map((name) => `profiles: no server is called "${name}"; allowed: ${servers.join(', ')}`);
  if (all.length === 0 && change.profile !== undefined) {
    problems.push(
      'profile: the echo server is in sink mode (ECHO_MODE=sink) and sends no answers, so it has no faults',
    );
  }
  const prepared = concerned.flatMap((faults) => {
    try {
      return [faults.prepare(change)];
    } catch (error) {
      if (!(error instanceof FaultChangeError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new FaultChangeError([...new Set(problems)]);
  return prepared;
}
