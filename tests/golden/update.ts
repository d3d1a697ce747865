import { ROOT } from '../in-image.ts';
import { differences } from './differences.ts';
import { keep, names, read } from './golden.ts';

// update.ts [NAME…]: writes the expected output of golden captures again, and prints the difference to the last commit.

const given = process.argv.slice(2);
const wanted = given.length > 0 ? given : await names();
for (const [name, views] of Object.entries(await read(wanted))) await keep(name, views);
process.stdout.write(differences(ROOT, 'tests/captures/*/expected/*'));
