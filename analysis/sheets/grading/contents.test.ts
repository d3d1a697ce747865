import { generateKeyPairSync, hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type HandedFile, signedManifest } from '../hand-in/manifest.ts';
import { judgeContents, judgeLines } from './contents.ts';
import { Flags } from './flags.ts';

let folder: string;
let flags: Flags;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contents-'));
  flags = new Flags();
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, content: string): Promise<HandedFile> {
  await writeFile(join(folder, name), content);
  return { name, bytes: Buffer.byteLength(content), sha256: hash('sha256', content) };
}

const found = () => flags.all().map(({ flag, details }) => [flag, ...details]);

describe('a line', () => {
  test('that is deep, torn or of another program is flagged, and does no harm', async () => {
    const deep = '['.repeat(30_000);
    const files = [
      await write('http.log', `${deep}\n{"outcome":\n{"outcome":"200"}\n`),
      await write('answers.log', 'no JSON\n'),
    ];
    expect(await judgeLines(folder, files, flags)).toBe(true);
    expect(found()).toEqual([
      ['answers-strange', 'line 1 of answers.log'],
      ['journal-strange', 'line 1 of http.log', 'line 2 of http.log', 'line 3 of http.log'],
    ]);
  });

  test('that is too long ends the reading, with or without its end', async () => {
    const long = 'x'.repeat(70_000);
    const files = [await write('echo.log', long), await write('lab.log', `${long}\n{}\n`)];
    expect(await judgeLines(folder, files, flags)).toBe(false);
    expect(found()).toEqual([
      [
        'too-large',
        'echo.log has a line of more than 65536 bytes',
        'lab.log has a line of more than 65536 bytes',
      ],
    ]);
  });
});

describe('a manifest', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const assignment = { sheet: 'echo', course: '', student: 'ann', nonce: '', language: 'en' } as const;
  const made = '2026-11-30T12:00:00.000Z';

  /** The files of a whole hand-in, with a manifest of them. */
  async function handedIn(): Promise<HandedFile[]> {
    const files = [
      await write('sheet.json', JSON.stringify(assignment)),
      ...(await Promise.all(['lab.log', 'server.pcap', 'client.pcap'].map((name) => write(name, name)))),
    ];
    const manifest = signedManifest({ made, assignment, files }, privateKey);
    return [await write('manifest.json', JSON.stringify(manifest)), ...files];
  }

  test('that fits has no flag', async () => {
    const { assignment: read } = await judgeContents(folder, await handedIn(), flags);
    expect(read).toEqual(assignment);
    expect(found()).toEqual([]);
  });

  test('names what is missing, changed or added', async () => {
    const [manifest, sheet, lab, ...captures] = await handedIn();
    const changed = { ...lab!, sha256: hash('sha256', 'other') };
    const added = await write('echo.log', '{}');
    await judgeContents(folder, [manifest!, sheet!, changed, captures[0]!, added], flags);
    expect(found()).toEqual([
      ['file-missing', 'there is no client.pcap', 'the manifest has "client.pcap", the archive does not'],
      [
        'digest-differs',
        'lab.log has another SHA-256 than in the manifest',
        'echo.log is not in the manifest',
      ],
    ]);
  });

  test('of another student does not fit the assignment', async () => {
    const files = await handedIn();
    const other = await write('sheet.json', JSON.stringify({ ...assignment, student: 'bob' }));
    await judgeContents(folder, [files[0]!, other, ...files.slice(2)], flags);
    expect(found().map(([flag]) => flag)).toEqual(['digest-differs', 'assignment-wrong']);
  });

  test('that was changed has a wrong signature', async () => {
    const files = await handedIn();
    const { files: _, ...rest } = signedManifest({ made, assignment, files: files.slice(1) }, privateKey);
    await write(
      'manifest.json',
      JSON.stringify({ ...rest, files: files.slice(1), made: '2026-11-29T12:00:00.000Z' }),
    );
    await judgeContents(folder, files, flags);
    expect(found()).toEqual([['signature-wrong', 'the signature does not fit the manifest']]);
  });
});
