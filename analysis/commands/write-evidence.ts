import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasKeys } from '#analysis/capture/capture-files.ts';

/** Writes a file about the captures of a folder. If there are TLS keys, it gets the permissions of the key log. */
export async function writeEvidence(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const keys = await hasKeys(folder);
  await rm(path, { force: true });
  await writeFile(path, text, keys ? { mode: 0o600 } : {});
  if (keys) await chmod(path, 0o660);
}
