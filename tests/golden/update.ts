import { execFileSync } from 'node:child_process';
import { keep, names, read } from './golden.ts';

// update.ts [NAME…]: makes the expected output of golden captures anew and shows what is different from the last commit.

const given = process.argv.slice(2);
const wanted = given.length > 0 ? given : await names();
for (const [name, views] of Object.entries(await read(wanted))) await keep(name, views);
execFileSync('git', ['add', '--intent-to-add', 'tests/captures'], { stdio: 'inherit' });
execFileSync('git', ['--no-pager', 'diff', '--stat', '--patch', '--', 'tests/captures/*/expected'], {
  stdio: 'inherit',
});
