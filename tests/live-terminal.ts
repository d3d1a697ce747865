import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';

// live-terminal.ts SOCKET STEP…: plays a terminal of the live view at the socket of the client host, and prints as JSON what
// it got. Each step is JSON, see `Step`.

/** What the terminal does next. */
export type Step =
  /** Types a text, or a text again and again. */
  | { readonly type: string; readonly times?: number }
  /** Waits for this regular expression in what is printed after the step before. */
  | { readonly expect: string }
  | { readonly columns: number; readonly rows: number }
  /** Closes the connection. */
  | { readonly leave: true }
  /** Waits until the shell closes it. */
  | { readonly end: true };

export interface TerminalReport {
  /** Bytes that it got, and what was found at each `expect`. */
  readonly bytes: number;
  readonly found: readonly string[];
  readonly closed?: { readonly code: number; readonly reason: string };
}

const WITHIN_MS = 60_000;
/** Characters in which an expression is looked for, at most. */
const KEPT = 200_000;
const LARGEST_FRAME = 65_536;

const [path, ...steps] = process.argv.slice(2);
const socket = new WebSocket(`ws+unix://${path}:/shell`);
let text = '';
let bytes = 0;
let closed: TerminalReport['closed'];
const found: string[] = [];
socket.on('message', (data: Buffer) => {
  text = `${text}${data}`.slice(-KEPT);
  bytes += data.length;
  socket.send(JSON.stringify({ taken: data.length }));
});
socket.on('close', (code, reason) => {
  closed = { code, reason: reason.toString() };
});
await once(socket, 'open');

async function take(step: Step): Promise<void> {
  if ('type' in step) {
    text = '';
    const all = Buffer.from(step.type.repeat(step.times ?? 1));
    for (let at = 0; at < all.length; at += LARGEST_FRAME) socket.send(all.subarray(at, at + LARGEST_FRAME));
  } else if ('expect' in step) {
    const pattern = new RegExp(step.expect, 'm');
    const [match] = await eventually(
      `${step.expect} in ${JSON.stringify(text.slice(-1_000))}`,
      WITHIN_MS,
      () => pattern.exec(text),
    );
    found.push(match);
  } else if ('columns' in step) {
    socket.send(JSON.stringify(step));
  } else {
    if ('leave' in step) socket.close();
    await eventually('the end of the connection', WITHIN_MS, () => closed);
  }
}

for (const step of steps) await take(JSON.parse(step));
process.stdout.write(JSON.stringify({ bytes, found, ...(closed && { closed }) } satisfies TerminalReport));
socket.terminate();
