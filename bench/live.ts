import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Companion } from '../tests/beside.ts';
import { buildBrowser } from '../tests/browser/browser.ts';
import { format, spread, table } from './figures.ts';
import { type BenchLab, createBenchLab, LAB_PROJECT } from './lab.ts';
import type { PageFigures } from './live/page.ts';
import { type Used, usedBy } from './live/server.ts';
import type { Viewed } from './live/viewers.ts';
import type { Section } from './section.ts';

/** Messages, each with an echo, and how many per second. */
const CALM = { count: 200, rate: 9.7 } as const;
const BUSY = { count: 60_000, rate: 1_000 } as const;
const SIZE = 64;
const VIEWERS = 30;
/** The source port of the messages. */
const PORT = 40_001;
/** Time between two looks at the server, and how long the page may go on drawing after the last packet, in ms. */
const SAMPLE_MS = 5_000;
const REST_MS = 3_000;

const CONTAINER = `${LAB_PROJECT}-live-1`;

export const live: Section = {
  title: `the live view: how late a packet is drawn, and a minute of ${format(2 * BUSY.rate)} packets per second with a page and ${VIEWERS} viewers`,

  async run(signal) {
    await buildBrowser();
    await using lab = await createBenchLab({ ECHO_FAULTS: 'none' });
    await lab.up(signal);
    await lab.run('make', ['--silent', 'live'], signal);
    const [own = '', forClass = ''] =
      (await lab.exec('live', ['live', 'localhost'], signal, ['--user', '10001'])).match(/http:\S+/g) ?? [];
    const calm = await measureCalm(lab, own, signal);
    const busy = await measureBusy(lab, { own, forClass }, signal);
    return { text: [lateness(calm), busy].join('\n\n'), ratios: [] };
  },
};

/** A page at the speed at which everything is shown as it happens. */
async function measureCalm(lab: BenchLab, link: string, signal: AbortSignal): Promise<PageFigures> {
  await using page = await openPage(`${link}#speed=1`, signal);
  await send(lab, CALM, signal);
  await setTimeout(REST_MS, undefined, { signal });
  return await page.end();
}

async function measureBusy(
  lab: BenchLab,
  { own, forClass }: { readonly own: string; readonly forClass: string },
  signal: AbortSignal,
): Promise<string> {
  await using viewers = await Companion.start<readonly Viewed[]>({
    ...{ image: 'programs', network: `container:${CONTAINER}`, program: 'bench/live/viewers.ts', signal },
    args: [forClass, String(VIEWERS)],
  });
  await using page = await openPage(own, signal);
  const sampling = new AbortController();
  const samples = sample(AbortSignal.any([signal, sampling.signal]));
  await send(lab, BUSY, signal);
  sampling.abort();
  const used = await samples;
  await setTimeout(REST_MS, undefined, { signal });
  const [seen, viewed] = [await page.end(), await viewers.end()];
  return [frames(seen), memory(seen, used), ofViewers(viewed)].join('\n\n');
}

function openPage(link: string, signal: AbortSignal): Promise<Companion<PageFigures>> {
  return Companion.start<PageFigures>({
    ...{ image: 'browser', network: `container:${CONTAINER}`, program: 'bench/live/page.ts', signal },
    args: [link],
  });
}

/** Sends messages to the echo server over UDP from the client host. */
async function send(
  lab: BenchLab,
  { count, rate }: { readonly count: number; readonly rate: number },
  signal: AbortSignal,
): Promise<void> {
  const source = await readFile(join(import.meta.dirname, 'wire', 'sender.ts'), 'utf8');
  const args = [lab.server, lab.echoPort, PORT, count, SIZE, rate].map(String);
  await lab.exec('client', ['node', '--input-type=module-typescript', '--eval', source, ...args], signal);
}

/** Looks at the server again and again, until the signal. */
async function sample(signal: AbortSignal): Promise<Used[]> {
  const samples: Used[] = [];
  for (;;) {
    try {
      samples.push(await usedBy(CONTAINER, signal));
      await setTimeout(SAMPLE_MS, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return samples;
      throw error;
    }
  }
}

/** The middle, the value that 95 of 100 do not exceed, and the largest one. */
function summary(figures: readonly number[]): string[] {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return [String(sorted.length), ...[0.5, 0.95, 1].map((share) => format(at(share)))];
}

function lateness({ rows, marks, complaints }: PageFigures): string {
  return table([
    ['from capture to the frame that draws it, in ms', 'packets', 'median', 'p95', 'most'],
    ['row of the ladder', ...summary(rows)],
    ['mark on the stage', ...summary(marks)],
    ...(complaints.length > 0 ? [[`console: ${complaints.join('; ')}`]] : []),
  ]);
}

function frames({ frames: times, rows, leftOut, complaints }: PageFigures): string {
  return [
    table([
      ['under load, in ms', 'count', 'median', 'p95', 'most'],
      ['time of a frame', ...summary(times)],
      ['row that came into sight', ...summary(rows)],
    ]),
    `  the page says: ${leftOut === '' ? 'nothing' : leftOut}`,
    ...complaints.map((complaint) => `  console: ${complaint}`),
  ].join('\n');
}

function memory({ memory: ofPage }: PageFigures, used: readonly Used[]): string {
  const [first, last] = [used[0], used.at(-1)];
  const seconds = ((used.length - 1) * SAMPLE_MS) / 1_000;
  const share = first && last && seconds > 0 ? (last.cpu - first.cpu) / seconds : Number.NaN;
  const rows = used.map(({ server, others }, index) => {
    const { heap = Number.NaN, resident = Number.NaN } = ofPage[index] ?? {};
    const at = (index * SAMPLE_MS) / 1_000;
    return [`after ${at} s`, ...[server, others, heap, resident].map((figure) => format(figure))];
  });
  return [
    table([['MiB', 'server', 'tshark, sharkd', 'objects of the page', 'process of the page'], ...rows]),
    `  the server and Wireshark's programs use ${format(share, 2)} processors`,
  ].join('\n');
}

function ofViewers(viewed: readonly Viewed[]): string {
  const { median } = spread(viewed.map(({ bytes }) => bytes / 1024 ** 2));
  const newest = viewed.map((one) => one.newest);
  const omitted = viewed.map((one) => one.omitted);
  return table([
    ['viewers', 'cut off', 'MiB each', 'newest packet', 'left out and told', 'times'],
    [
      String(viewed.length),
      String(viewed.filter(({ isCutOff }) => isCutOff).length),
      format(median),
      `${Math.min(...newest)} to ${Math.max(...newest)}`,
      `${Math.min(...omitted)} to ${Math.max(...omitted)}`,
      `${Math.min(...viewed.map(({ times }) => times))} to ${Math.max(...viewed.map(({ times }) => times))}`,
    ],
  ]);
}
