import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A sheet whose answers no packet shows, so that a check needs no capture. */
const SHEET = {
  title: { en: 'Short sheet', de: 'Kurzes Blatt' },
  minutes: 5,
  draws: { delay: { pick: [30, 30] } },
  questions: [
    {
      id: '1',
      kind: 'value',
      points: 2,
      truth: { draw: 'delay' },
      unit: 'ms',
      hint: { en: 'Look at {{delay}}.' },
    },
    {
      id: '2',
      kind: 'choice',
      points: 1,
      options: { client: { en: 'the client at {{client}}', de: 'der Client' }, server: { en: 'the server' } },
    },
    { id: '3', kind: 'transfer', points: 1, transfer: {} },
    { id: '4', kind: 'frame', points: 1, frames: { capture: 'server', filter: 'tcp' } },
    { id: '5', kind: 'bytes', points: 1, truth: 7 },
  ],
};

const PROSE = `# Short sheet

The delay is {{delay}} ms.

{{question 1}} How long?

{{question 2}} Who?

{{options 2}}

## More

{{question 3}} Send a file.
`;

const GERMAN = '{{question 1}} Wie lange? {{question 2}}\n';

/** Makes the folders `captures`, which belongs to a sheet, and `sheets`. */
export async function makeSheet(folder: string, language = 'en'): Promise<void> {
  await mkdir(join(folder, 'sheets/short'), { recursive: true });
  await mkdir(join(folder, 'captures'), { recursive: true });
  const assignment = { sheet: 'short', course: '', student: 'alice', nonce: '', language };
  const files = {
    'captures/sheet.json': JSON.stringify(assignment),
    'sheets/short/sheet.json': JSON.stringify(SHEET),
    'sheets/short/sheet.md': PROSE,
    'sheets/short/sheet.de.md': GERMAN,
    'sheets/short/answers.json': '{"2":"server"}',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}
