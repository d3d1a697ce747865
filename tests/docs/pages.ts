import { readAll } from '../declared/project.ts';

/** The pages are replayed in two suites that take about the same time. */
export type Part = 'class' | 'others';

export function partOf(path: string): Part {
  return /^docs\/teach\//.test(path) ? 'class' : 'others';
}

/** The pages whose blocks are run. */
export function pages(): [path: string, text: string][] {
  return Object.entries(readAll('README.md', 'docs/**/*.md'));
}
