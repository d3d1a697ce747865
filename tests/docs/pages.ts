import { readAll } from '../declared/project.ts';

/** The pages are replayed in four suites that take about the same time. */
export type Part = 'labs' | 'wire' | 'class' | 'others';

export function partOf(path: string): Part {
  if (/^docs\/labs\/(?:answers\/)?[6-9]-/.test(path)) return 'wire';
  if (/^docs\/labs\/[^/]*$/.test(path)) return 'labs';
  return /^docs\/(?:labs|teach)\//.test(path) ? 'class' : 'others';
}

/** The pages whose blocks are run. */
export function pages(): [path: string, text: string][] {
  return Object.entries(readAll('README.md', 'docs/**/*.md'));
}
