import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { differences } from '../golden/differences.ts';

let root: string;
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'differences-'));
  git('init', '--quiet');
  await mkdir(join(root, 'ab', 'expected'), { recursive: true });
  await writeFile(join(root, 'ab', 'expected', 'old.txt'), 'before\n');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message', 'one');
});

afterEach(() => rm(root, { recursive: true }));

test('what golden captures expect is compared, new files too, and nothing is staged', async () => {
  expect(differences(root, 'a*/expected/*')).toBe('');
  await writeFile(join(root, 'ab', 'expected', 'old.txt'), 'after\n');
  await writeFile(join(root, 'ab', 'expected', 'new.txt'), 'new\n');
  const found = differences(root, 'a*/expected/*');
  expect(found).toContain('-before\n+after\n');
  expect(found).toContain('?? ab/expected/new.txt\n');
  expect(git('status', '--short')).toBe(' M ab/expected/old.txt\n?? ab/expected/new.txt\n');
});
