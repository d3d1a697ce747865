import { expect, test } from '@jest/globals';
import { pageNamed, read } from '../declared/project.ts';

test('the page of dependencies names every package of the project and no other', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
  const rows = read(pageNamed('dependencies.md'))
    .split('## In the images')[0]!
    .matchAll(/^\| (?!package |---)([^|]+) \|/gm);
  const named = [...rows].flatMap(([, cell]) => cell!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').split(', '));
  expect(named.sort()).toEqual(
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).sort(),
  );
});
