import { readAll } from '../declared/project.ts';

/** The pages whose blocks are run. */
export function pages(): [path: string, text: string][] {
  return Object.entries(readAll('README.md', 'docs/**/*.md'));
}
