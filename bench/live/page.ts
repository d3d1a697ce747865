import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { noteComplaints, startChromium } from '../../tests/browser/chromium.ts';

// LINK: opens the page of the live view in a browser, prints a line, and measures until its standard input ends. It prints what
// it has measured as JSON. It runs in a container of its own.

/** What a browser has measured. */
export interface PageFigures {
  /** Times between two frames of the screen, in ms. */
  readonly frames: readonly number[];
  /** Times from the capture of a packet to the end of the frame that drew it in the ladder, in ms. */
  readonly rows: readonly number[];
  /** The same for the stage. */
  readonly marks: readonly number[];
  /** By seconds since the start. */
  readonly memory: readonly PageMemory[];
  /** What the page says that it leaves out. */
  readonly leftOut: string;
  /** Errors and warnings of its console. */
  readonly complaints: readonly string[];
}

export interface PageMemory {
  readonly seconds: number;
  /** MiB of the objects of the page, and of the process that draws it. */
  readonly heap: number;
  readonly resident: number;
}

/** Time between two looks at the memory, in ms. */
const SAMPLE_MS = 5_000;
const MIB = 1024 ** 2;

const [link = ''] = process.argv.slice(2);
const browser = await startChromium('--enable-precise-memory-info');
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  noteComplaints(page, complaints);
  await page.addInitScript(watch);
  await page.goto(link);
  await page.waitForSelector('.ladder');
  console.log('ready');
  const memory: PageMemory[] = [];
  const began = performance.now();
  const asked = new AbortController();
  process.stdin.resume().once('end', () => asked.abort());
  while (!asked.signal.aborted) {
    const heap = await page.evaluate(heapBytes);
    const seconds = Math.round((performance.now() - began) / 1_000);
    memory.push({ seconds, heap: heap / MIB, resident: rendererMemory() });
    await setTimeout(SAMPLE_MS, undefined, { signal: asked.signal }).catch(() => undefined);
  }
  console.log(JSON.stringify({ ...(await page.evaluate(measured)), memory, complaints }));
} finally {
  await browser.close();
}

/** Runs in the page before its own scripts. */
function watch(): void {
  // biome-ignore lint/suspicious/noExplicitAny: the types of a page are those of another program
  const { document, requestAnimationFrame, MessageChannel, performance } = globalThis as any;
  const found = { frames: [] as number[], rows: [] as number[], marks: [] as number[] };
  const seen = { rows: new Set<string>(), marks: new Set<string>() };
  const began = performance.timeOrigin + performance.now();
  let last: number | undefined;
  const look = (kind: 'rows' | 'marks', selector: string) => {
    const now = performance.timeOrigin + performance.now();
    for (const { dataset } of document.querySelectorAll(selector)) {
      if (seen[kind].has(dataset.packet)) continue;
      seen[kind].add(dataset.packet);
      const captured = Number(dataset.time) * 1_000;
      // What was captured before is no news.
      if (captured > began) found[kind].push(now - captured);
    }
  };
  // A task that a frame has posted runs when that frame is drawn.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    look('rows', '.rungs [data-packet]');
    look('marks', '.scene [data-packet]');
  };
  const frame = (time: number) => {
    if (last !== undefined) found.frames.push(time - last);
    last = time;
    port2.postMessage(undefined);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  Object.assign(globalThis, { measuredByBench: found });
}

/** Runs in the page. */
function measured(): Pick<PageFigures, 'frames' | 'rows' | 'marks' | 'leftOut'> {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const { document, measuredByBench } = globalThis as any;
  return { ...measuredByBench, leftOut: document.querySelector('.left-out')?.textContent ?? '' };
}

/** Runs in the page. */
function heapBytes(): number {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return (globalThis as any).performance.memory.usedJSHeapSize;
}

/** Resident memory of the processes of the browser that draw pages, in MiB. */
function rendererMemory(): number {
  const sizes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        if (!readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=renderer')) return 0;
        return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1] ?? 0);
      } catch {
        // It has ended meanwhile.
        return 0;
      }
    });
  return Math.max(...sizes) / 1_024;
}
