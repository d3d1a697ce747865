import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The longest line that Biome leaves. */
const LINE = 110;
/** What the file of a fault has, and no other one. */
const FAULT = /^export const (\w+) = \{[\s\S]*\} as const satisfies (?:Echo|Wire)Fault;/m;

/**
 * The text of `all.ts` in `lib/faults/echo` or `lib/faults/wire`: the faults of that folder. A draw goes through them in this order. So known faults
 * keep their order, and a new one goes to the end: the draws of the others stay.
 *
 * @param before the present text
 */
export function faultList(folder: string, before: string): string {
  const files = new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .sort()
      .flatMap((file) => {
        const name = FAULT.exec(readFileSync(join(folder, file), 'utf8'))?.[1];
        return name ? [[name, file] as const] : [];
      }),
  );
  const [, listed = ''] = /\[(.*?)\]/s.exec(before) ?? [];
  const known: readonly string[] = listed.match(/\w+/g) ?? [];
  const names = [
    ...known.filter((name) => files.has(name)),
    ...[...files.keys()].filter((name) => !known.includes(name)),
  ];
  return [
    '// Made by npm run generate from the files beside it.',
    ...Array.from(files, ([name, file]) => `import { ${name} } from './${file}';`),
    '',
    '/** All faults, in the order in which a draw is laid over them. */',
    arrayOf(names),
    '',
  ].join('\n');
}

/** As Biome formats it. */
function arrayOf(names: readonly string[]): string {
  const short = `export const faults = [${names.join(', ')}] as const;`;
  if (short.length <= LINE) return short;
  return ['export const faults = [', ...names.map((name) => `  ${name},`), '] as const;'].join('\n');
}
