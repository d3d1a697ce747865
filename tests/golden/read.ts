import { cp, mkdir, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Capture, findCapture, withoutKeys } from '#analysis/capture/capture-files.ts';
import { blocksOf, commentsOf, isFrame, isSection } from '#analysis/capture/pcapng.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { annotateCaptures } from '#analysis/commands/annotate.ts';
import { compareCaptures } from '#analysis/commands/compare.ts';
import { entries } from '#analysis/commands/entries.ts';
import { gather } from '#analysis/report/facts/gather.ts';
import { notesOf } from '#analysis/views/notes.ts';
import { readShown } from '#analysis/views/read-packets.ts';
import { dissectionOf, type ShowOptions } from '#analysis/views/show.ts';
import { createView } from '#analysis/views/views.ts';
import { type Run, readRun } from '#lib/journal/run.ts';

// read.ts NAME…, in the image that reads captures: prints the output of every view for golden captures, as one JSON
// object: name, file, text.

const CAPTURES = join(import.meta.dirname, '..', 'captures');
const WORK = '/tmp/captures';
/** How many are read at once. */
const AT_ONCE = availableParallelism();

const defaults = {
  addresses: { server: '10.0.28.182', client: '10.0.142.133' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
};

/** The output of a view, and its exit code if that is not 0. */
async function printed(view: (print: (line: string) => void) => Promise<number>): Promise<string> {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const code = await view(print).catch((error: Error) => {
    print(`error: ${error.message}`);
    return 2;
  });
  if (code !== 0) print(`status ${code}`);
  return `${lines.join('\n')}\n`.replaceAll(/(tshark|wirelab|Node\.js) \d+\.\d+\.\d+/g, '$1 VERSION');
}

type Options = Partial<ShowOptions>;

/** The output for a capture with each of these options. The capture is read once. */
async function shown(capture: Capture, ...wanted: readonly Options[]): Promise<string[]> {
  const run = await runIn(capture.folder);
  const notes = await notesOf(capture, run, { json: true });
  const options = { bytes: 32, ports: run.ports };
  const texts = wanted.map((): string[] => []);
  const views = wanted.map((own, at) =>
    createView(
      { ...options, ...own },
      { print: (line) => void texts[at]!.push(line), color: false, ...notes },
    ),
  );
  const seen = new Seen();
  for await (const packets of readShown(capture, await dissectionOf(options), seen)) {
    for (const packet of packets) for (const view of views) view.take(packet);
  }
  for (const view of views) view.end({ cut: seen.cut });
  return texts.map((lines) => `${lines.join('\n')}\n`);
}

function runIn(folder: string): Promise<Run> {
  return readRun(folder, defaults);
}

/** The comments of an annotated capture, each with its frame. */
async function* commentsIn(path: string): AsyncGenerator<string> {
  let frame = 0;
  for await (const blocks of blocksOf(path)) {
    for (const block of blocks) {
      if (isFrame(block)) frame += 1;
      const at = isSection(block) ? 'capture' : `frame ${frame}`;
      for (const comment of commentsOf(block)) yield `  ${at}: ${comment.replaceAll('\n', '\n    ')}`;
    }
  }
  yield `  ${frame} frames`;
}

async function annotated(folder: string): Promise<string> {
  return printed(async (print) => {
    const code = await annotateCaptures({ folder, shownAs: 'captures', runIn, print });
    for (const name of (await readdir(folder)).filter((one) => /annotated.*pcapng$/.test(one)).sort()) {
      print(name);
      for await (const comment of commentsIn(join(folder, name))) print(comment);
    }
    return code;
  });
}

/** The facts of the report, from which its page is made. */
async function reported(folder: string): Promise<string> {
  const run = await runIn(folder);
  const facts = await gather(folder, run, { made: new Date(0), versions: {} });
  return `${JSON.stringify(facts, null, 1)}\n`;
}

async function views(name: string): Promise<Record<string, string>> {
  const folder = join(WORK, name);
  await mkdir(folder, { recursive: true });
  const files = (await readdir(join(CAPTURES, name))).filter((one) => one !== 'expected');
  for (const one of files) await cp(join(CAPTURES, name, one), join(folder, one));
  const capture = await findCapture('server', folder);
  const [table, dialogues, frames] = await shown(capture, {}, { follow: true }, { json: true });
  const [noKeys] = capture.keys ? await shown(await withoutKeys(capture), { follow: true }) : [];
  return {
    'show.txt': table!,
    'follow.txt': dialogues!,
    'frames.jsonl': frames!,
    ...(noKeys === undefined ? {} : { 'no-keys.txt': noKeys }),
    'entries.txt': await printed((print) =>
      entries('server', { folder, runIn, json: false, noKeys: false, print }),
    ),
    ...(files.includes('wire.log')
      ? {
          'client-entries.txt': await printed((print) =>
            entries('client', { folder, runIn, json: false, noKeys: false, print }),
          ),
        }
      : {}),
    'compare.txt': await printed(async (print) =>
      compareCaptures({ folder, run: await runIn(folder), json: false, print }),
    ),
    'annotate.txt': await annotated(folder),
    'report.json': await reported(folder),
  };
}

const names = process.argv.slice(2);
const found: Record<string, Record<string, string>> = {};
const remaining = [...names];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let name = remaining.shift(); name !== undefined; name = remaining.shift())
      found[name] = await views(name);
  }),
);
process.stdout.write(JSON.stringify(found));
