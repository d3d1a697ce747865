import { appendFile, chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Companion } from './beside.ts';
import { buildBrowser } from './browser/browser.ts';
import { hostileWords } from './hostile-words.ts';
import { command, Lab } from './lab.ts';
import type { Struck } from './live-hostile-page.ts';
import { LivePage } from './live-page.ts';

const NOTHING = { scripts: [], elements: [], hidden: [], complaints: [], asked: [] };
/** Characters that a terminal acts on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

let lab: Lab;

beforeAll(async () => {
  await buildBrowser();
  lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' }, 'plain');
});
afterAll(() => lab?.end());

const livePort = () => String(Number(lab.settings.ECHO_TLS_PORT) + 1);
const live = async (...words: string[]): Promise<string> => {
  const typed = ['--silent', 'live', `LIVE_PORT=${livePort()}`, ...words];
  const { code, stdout, stderr } = await command(lab.settings, 'make', ...typed);
  if (code !== 0) throw new Error(stderr);
  return /http:\S+/.exec(stdout)![0];
};
const browse = (link: string, project: string) =>
  Companion.start<Struck>({
    ...{ image: 'browser', network: `container:${project}-live-1`, program: 'tests/live-hostile-page.ts' },
    args: [link],
  });

describe('hostile words', () => {
  test('in packets and commands do nothing in the page, and nothing in a terminal', async () => {
    const link = await live();
    await using browser = await browse(link, lab.settings.COMPOSE_PROJECT_NAME!);
    expect(await lab.runInClient<number>('hostile-sender.ts')).toBe(hostileWords.length);
    const page = await LivePage.open(link);
    const lines: string[] = [];
    for (const words of hostileWords.slice(0, 9)) lines.push(...(await echoed(page, words)));
    expect(lines.join('\n')).toContain('script');
    expect(lines.filter((line) => ACTING.test(line))).toEqual([]);
    const { packets, texts, ...struck } = await browser.end();
    expect(struck).toEqual(NOTHING);
    expect(packets).toBeGreaterThan(0);
    expect(texts).toContain('<script>globalThis.struck');
    const { stdout, stderr } = await lab.docker('logs', lab.nameOf('live'));
    expect((stdout + stderr).split('\n').filter((line) => ACTING.test(line))).toEqual([]);
  });

  test('in the record and the journals of an earlier run do nothing in the page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wirelab-live-'));
    try {
      await cp(lab.settings.LAB_CAPTURES_DIR!, folder, { recursive: true });
      await chmod(folder, 0o755);
      await appendFile(join(folder, 'lab.log'), hostileWords.map(recordOf).join(''));
      for (const journal of ['http.log', 'echo.log'])
        await appendFile(join(folder, journal), hostileWords.flatMap(entriesOf).join(''));
      const link = await live(`RUN=${folder}`);
      await using browser = await browse(link, `${lab.settings.COMPOSE_PROJECT_NAME}-played`);
      const { packets, texts: _, ...struck } = await browser.end();
      expect(struck).toEqual(NOTHING);
      expect(packets).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** What a command of the page prints about a message. */
async function echoed(page: LivePage, words: string): Promise<readonly string[]> {
  let run: number | undefined;
  return page.until((seen, event) => {
    if (event.name === 'hello')
      void page
        .post('/runs', { command: 'echo', options: { MSG: words, RETRIES: '1', TIMEOUT: '1' } })
        .then(async (response) => {
          // The client takes no message with the character NUL.
          run = ((await response.json()) as { run?: number }).run ?? -1;
        });
    const isOver = run === -1 || (event.name === 'ended' && event.data.run === run);
    return isOver && seen.lines;
  });
}

/** A record of a run whose texts are all hostile. */
function recordOf(words: string): string {
  const faults = [{ server: words, profile: words, seed: words }];
  const start = {
    ...{ timestamp: new Date().toISOString(), program: 'http', versions: { wirelab: words, node: words } },
    ...{ addresses: {}, port: 8080, faults },
  };
  return [{ event: 'run', name: words }, start].map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Entries whose texts are hostile, and a line that is none. */
function entriesOf(words: string): string[] {
  const timestamp = new Date().toISOString();
  const entry = { timestamp, id: 1, client: words, protocol: words, fault: words, outcome: words };
  return [`${JSON.stringify(entry)}\n`, `${JSON.stringify({ ...entry, event: words })}\n`, `${words}\n`];
}
