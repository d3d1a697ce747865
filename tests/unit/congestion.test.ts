import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeProgram } from '../write-program.ts';
import { inSetup, ownFolder } from './setup-shell.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = ownFolder();
const known = join(folder.path, 'known');
const calls = join(folder.path, 'calls');
afterAll(folder.remove);

beforeEach(() => {
  writeFileSync(known, 'reno cubic\n');
  writeFileSync(calls, '');
});

describe('make up', () => {
  const checked = (name: string) =>
    inSetup(`uname() { echo Linux; }\ncheck_congestion '${known}'`, { LAB_TCP_CONGESTION: name }).stdout;

  test('takes a congestion control that the kernel has', () => {
    expect(checked('reno')).toContain('TCP of both hosts uses reno');
  });

  test.each([
    ['bbr', 'LAB_TCP_CONGESTION is "bbr"; allowed by this kernel: reno, cubic'],
    ['a b', 'LAB_TCP_CONGESTION is "a b"; allowed: the name of a congestion control'],
    ['', 'LAB_TCP_CONGESTION is ""; allowed: the name of a congestion control'],
  ])('refuses another name: "%s"', (name, said) => {
    expect(checked(name)).toContain(said);
  });

  test('can not know the kernel of a virtual machine', () => {
    const { status } = inSetup(`uname() { echo Darwin; }\ncheck_congestion '${known}'`, {
      LAB_TCP_CONGESTION: 'bbr',
    });
    expect(status).toBe(0);
  });
});

describe('the route to the peer', () => {
  const network = '10.0.0.0/16 proto kernel scope link src 10.0.142.133 congctl cubic';
  /** Runs congestion.sh with an ip that has this route and notes what it is told. */
  function congestion(route: string, ...args: string[]) {
    writeProgram(
      join(folder.path, 'ip'),
      `#!/bin/sh\ncase "$*" in *'scope link') printf '%s\\n' '${network}' '${route}' ;; *show*) echo '${route}' ;; *) echo "$*" >>'${calls}' ;; esac\ncase "$*" in *unknown) exit 2 ;; esac\n`,
    );
    const { status, stderr } = spawnSync('sh', ['services/host/congestion.sh', ...args], {
      cwd: root,
      env: { PATH: `${folder.path}${delimiter}${process.env.PATH}` },
      encoding: 'utf8',
    });
    return { status, stderr, told: readFileSync(calls, 'utf8').trimEnd() };
  }
  const peer = '10.0.28.182';
  const direct = `${peer} dev eth0 scope link congctl reno`;
  const wired = `${peer} via 10.0.77.1 dev eth0 congctl reno`;

  test.each([
    ['direct', '', `-4 route replace ${peer}/32 dev eth0 congctl reno`],
    [
      'through the wire',
      `${peer} via 10.0.77.1 dev eth0`,
      `-4 route replace ${peer}/32 via 10.0.77.1 dev eth0 congctl reno`,
    ],
  ])('gets the congestion control: %s', (_way, route, told) => {
    expect(congestion(route, 'use', peer, 'reno')).toEqual({ status: 0, stderr: '', told });
  });

  test.each([
    ['direct', direct, `-4 route del ${peer}/32`],
    [
      'through the wire',
      wired,
      `-4 route replace ${peer}/32 via 10.0.77.1 dev eth0 congctl cubic\ntcp_metrics flush all`,
    ],
  ])('is put back: %s', (_way, route, told) => {
    expect(congestion(route, 'forget', peer)).toEqual({ status: 0, stderr: '', told });
  });

  test('that of the host is an attribute of the route to its network', () => {
    expect(congestion('', 'begin', 'bbr')).toEqual({
      status: 0,
      stderr: '',
      told: '-4 route replace 10.0.0.0/16 dev eth0 proto kernel scope link src 10.0.142.133 congctl bbr',
    });
    expect(congestion('', 'begin', 'unknown')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^LAB_TCP_CONGESTION is "unknown"; allowed by this kernel: /),
    });
  });

  test('an unknown name is refused with those that there are', () => {
    const { status, stderr } = congestion('', 'use', peer, 'unknown');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^CC is "unknown"; allowed by this kernel: \w+/);
  });
});
