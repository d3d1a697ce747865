import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasKeys } from '#analysis/capture/capture-files.ts';

/** Writes a file about the captures of a folder. Where the keys of TLS are, what they open is as closed as they. */
export async function writeEvidence(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const keys = await hasKeys(folder);
  await rm(path, { force: true });
  await writeFile(path, text, keys ? { mode: 0o600 } : {});
  if (keys) await chmod(path, 0o660);
}
