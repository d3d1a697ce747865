import { execFileSync } from 'node:child_process';

/** The difference between these files and the last commit, and the names of new files. Staged changes stay staged. */
export function differences(root: string, paths: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY });
  const fresh = git('status', '--short', '--untracked-files=all', '--', paths);
  return fresh + git('--no-pager', 'diff', 'HEAD', '--stat', '--patch', '--', paths);
}
