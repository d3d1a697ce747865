import { availableParallelism, release, type } from 'node:os';
import type { Place } from './baseline.ts';
import { run } from './programs.ts';

/** The current commit, and the kind of this machine. */
export async function thisPlace(): Promise<Place> {
  return {
    commit: await commit().catch(() => 'none: not a clone'),
    cores: availableParallelism(),
    // The text after the version names the vendor of the kernel.
    kernel: `${type()} ${/^\d+\.\d+/.exec(release())?.[0]}`,
    node: process.versions.node,
  };
}

async function commit(): Promise<string> {
  const id = (await run('git', ['rev-parse', '--short=7', 'HEAD'])).trim();
  // A changed baseline is no change of the programs.
  const changes = await run('git', ['status', '--porcelain', '--', '.', ':(exclude)bench/baseline.json']);
  return changes ? `${id}, with changes` : id;
}
