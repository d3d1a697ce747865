import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Log } from '#lib/runtime/log.ts';

/** Lines of keys that wait for room. */
const MOST_WAITING = 50_000;
/** Lines that are written together. */
const TOGETHER = 256;
const NEWLINE = Buffer.from('\n');

/** A key log (NSS key log format, draft-ietf-tls-keylogfile), to which all servers add lines as Node gives them. */
export interface KeyLog {
  write(line: Buffer): void;
  /** Tries again what found no way. Says why keys are not in the file, in words. */
  check(): string | undefined;
}

/** Opens the key log. A server serves without it too: its captures then stay encrypted. */
export function openKeyLog(path: string, log: Log): KeyLog {
  let file: number | undefined;
  const waiting: Buffer[] = [];
  let isCut = false;
  let problem: string | undefined;

  /** Writes what waits, to the file that has the name now. */
  function write(): void {
    if (file !== undefined && fstatSync(file).nlink === 0) {
      closeSync(file);
      file = undefined;
    }
    file ??= openSync(path, 'a');
    while (waiting.length > 0) {
      const lines = waiting.slice(0, TOGETHER);
      // Another server may have written since a line was cut off. Readers pass over one that is no key.
      let left = writeSync(file, Buffer.concat(isCut ? [NEWLINE, ...lines] : lines));
      if (isCut) left -= NEWLINE.length;
      let whole = 0;
      for (; whole < lines.length && lines[whole]!.length <= left; whole += 1) left -= lines[whole]!.length;
      isCut = left !== 0;
      waiting.splice(0, whole);
    }
  }

  function tryWriting(): void {
    try {
      write();
      problem = undefined;
    } catch (error) {
      if (problem === undefined) log.warn(`the keys of TLS connections can't be written: ${error}`);
      problem = `the keys of TLS connections can't be written to ${path}: ${error}`;
      if (waiting.length > MOST_WAITING) waiting.splice(0, TOGETHER);
    }
  }

  tryWriting();
  return {
    write(line) {
      waiting.push(line);
      tryWriting();
    },
    check() {
      if (problem !== undefined) tryWriting();
      return problem;
    },
  };
}
