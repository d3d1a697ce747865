import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { blocks } from '../declared/all-blocks.ts';
import { markOf, withBlock } from '../declared/blocks.ts';
import { faultList } from '../declared/fault-list.ts';
import { pageWith, read, root } from '../declared/project.ts';

/** What a test of something generated says when it is not what the source says. */
const CURE = 'run npm run generate';

describe('what npm run generate makes is what the source says', () => {
  test.each(blocks())('$name', (block) => {
    const page = read(pageWith(markOf(block)));
    expect([CURE, page]).toEqual([CURE, withBlock(page, block)]);
  });

  test('the list of faults', () => {
    const list = read('lib/faults/echo/all.ts');
    expect([CURE, list]).toEqual([CURE, faultList(join(root, 'lib/faults/echo'), list)]);
  });
});

describe('a block of a page', () => {
  const block = { name: 'faults', text: '| new |' };

  test('is replaced, and nothing else', () => {
    const page =
      'a\n<!-- generated: faults -->\n\n| old |\n\n<!-- end -->\nb\n<!-- generated: other -->\n<!-- end -->\n';
    expect(withBlock(page, block)).toBe(page.replace('old', 'new'));
  });

  test.each(['', '<!-- generated: faults -->\n', '<!-- generated: faults -->\n<!-- end -->'.repeat(2)])(
    'is refused in %j',
    (page) => {
      expect(() => withBlock(page, block)).toThrow('a page needs exactly one <!-- generated: faults -->');
    },
  );
});

describe('the list of faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wirelab-faults-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('keeps its order, has new files at its end and is without those that are gone', () => {
    for (const name of ['ant', 'bee', 'cat']) {
      writeFileSync(
        join(folder, `${name}.ts`),
        `export const ${name} = {\n  name: '${name}',\n} as const satisfies EchoFault;\n`,
      );
    }
    writeFileSync(join(folder, 'fault.ts'), 'export interface EchoFault {}\n');
    const list = faultList(folder, 'export const faults = [gone, cat] as const;');
    expect(list).toContain('export const faults = [cat, ant, bee] as const;');
    expect(list.match(/^import .*$/gm)).toEqual([
      "import { ant } from './ant.ts';",
      "import { bee } from './bee.ts';",
      "import { cat } from './cat.ts';",
    ]);
    expect(faultList(folder, list)).toBe(list);
  });
});
