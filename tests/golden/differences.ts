import { execFileSync } from 'node:child_process';

/** What is different in these files from the last commit, new ones by their names. What is staged stays as it is. */
export function differences(root: string, paths: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY });
  const fresh = git('status', '--short', '--untracked-files=all', '--', paths);
  return fresh + git('--no-pager', 'diff', 'HEAD', '--stat', '--patch', '--', paths);
}
