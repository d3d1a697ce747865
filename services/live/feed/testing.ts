import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { writeProgram } from '../../../tests/write-program.ts';

export const CAPTURES = join(import.meta.dirname, '../../../tests/captures');

/** Settings that no run of a test has. */
export const defaults = {
  addresses: { server: '10.0.28.182', client: '10.0.142.133' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
};

/** A folder for each test, which is removed after it. */
export function testFolder(): { path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'feed-'));
  });
  afterEach(() => rm(folder.path, { recursive: true }));
  return folder;
}

/** Puts a small tshark in place of Wireshark's for each test. */
export function fakeWireshark(): void {
  const path = process.env.PATH;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wireshark-'));
    const program = join(import.meta.dirname, 'fake-tshark-testing.ts');
    writeProgram(join(folder, 'tshark'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    // What it prints of a capture is not asked for here.
    writeProgram(join(folder, 'capinfos'), '#!/bin/sh\nprintf "name\\tpcap\\t1\\t1\\t1\\n"\n');
    process.env.PATH = `${folder}:${path}`;
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true });
  });
}

/** Copies the files of a golden capture, without its expected output and without keys. */
export async function copyGolden(name: string, folder: string): Promise<void> {
  const files = (await readdir(join(CAPTURES, name))).filter(
    (file) => file !== 'expected' && file !== 'tls.keys',
  );
  for (const file of files) await cp(join(CAPTURES, name, file), join(folder, file));
}
