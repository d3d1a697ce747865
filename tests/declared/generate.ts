import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markOf, withBlock } from './blocks.ts';
import { faultList } from './fault-list.ts';
import { pageWith, root } from './project.ts';

// npm run generate: writes what is generated from the source, the lists of faults and the parts of pages between marks.

for (const room of ['lib/faults/echo', 'lib/faults/wire']) {
  const list = join(root, room, 'all.ts');
  write(list, faultList(join(root, room), readFileSync(list, 'utf8')));
}

// What these import has the lists in it.
const { blocks } = await import('./all-blocks.ts');
for (const block of blocks()) {
  const page = join(root, pageWith(markOf(block)));
  write(page, withBlock(readFileSync(page, 'utf8'), block));
}

function write(path: string, text: string): void {
  if (readFileSync(path, 'utf8') === text) return;
  writeFileSync(path, text);
  process.stdout.write(`${path.slice(root.length + 1)} is made anew\n`);
}
