import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Log } from '#lib/runtime/log.ts';

/** Lines that wait in memory, at most, while the file can't be written. */
const MOST_WAITING = 50_000;
/** Lines in one write, at most. */
const TOGETHER = 256;
const NEWLINE = Buffer.from('\n');

/** A key log (NSS key log format, draft-ietf-tls-keylogfile). All servers add the lines that Node gives them. */
export interface KeyLog {
  write(line: Buffer): void;
  /** Tries to write the waiting lines. Returns in words why keys are missing in the file, or undefined. */
  check(): string | undefined;
}

/** Opens the key log. When that fails, the server serves all the same, and its captures can't be decrypted. */
export function openKeyLog(path: string, log: Log): KeyLog {
  let file: number | undefined;
  const waiting: Buffer[] = [];
  let isCut = false;
  let problem: string | undefined;

  /** Writes the waiting lines, to the file that has the name now. */
  function write(): void {
    if (file !== undefined && fstatSync(file).nlink === 0) {
      closeSync(file);
      file = undefined;
    }
    file ??= openSync(path, 'a');
    while (waiting.length > 0) {
      const lines = waiting.slice(0, TOGETHER);
      // A write may have cut a line off, and another server may have written since. Readers skip lines that are no
      // keys.
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
