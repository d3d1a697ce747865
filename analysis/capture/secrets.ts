import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { editCapture } from './tool.ts';

/** A line of the NSS key log format. */
const KEY = /^[A-Z0-9_]+ [0-9a-f]+ [0-9a-f]+$/i;
/** First bytes of a pcap, in both byte orders, with micro- or nanoseconds: such a file has no secrets inside. */
const PCAP: readonly number[] = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1];

/** The TLS secrets inside a capture file (pcapng, Decryption Secrets Blocks), as lines of a key log. */
export async function secretsIn(file: string): Promise<string[]> {
  if (await isPcap(file)) return [];
  const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  try {
    await editCapture('--extract-secrets', file, join(folder, 'keys'));
    const texts = await Promise.all(
      (await readdir(folder)).sort().map((name) => readFile(join(folder, name), 'latin1')),
    );
    return texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => KEY.test(line));
  } catch {
    // The reader of packets reports what can't be read.
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isPcap(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead < 4 || PCAP.includes(buffer.readUInt32BE());
  } finally {
    await file.close();
  }
}
