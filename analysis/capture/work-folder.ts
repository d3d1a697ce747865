import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** A new folder for temporary files, such as TLS secrets and copies of captures. It is removed when the program ends. */
export function workFolder(name: string): Promise<string> {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'inspect-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return mkdtemp(join(folder, `${name}-`));
}
