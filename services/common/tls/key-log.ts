import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Log } from '../log.ts';

/** Lines of keys that wait for room. */
const MOST_WAITING = 50_000;

/** A key log (NSS key log format, draft-ietf-tls-keylogfile), to which all servers add lines as Node gives them. */
export interface KeyLog {
  write(line: Buffer): void;
  /** Why keys are not in the file, in words; undefined when they are. */
  readonly problem: string | undefined;
}

/** Opens the key log. A server serves without it too: its captures then stay encrypted. */
export function openKeyLog(path: string, log: Log): KeyLog {
  let file: number | undefined;
  let waiting: Buffer[] = [];
  let isCut = false;
  let problem: string | undefined;

  /** Writes what waits, to the file that has the name now. */
  function write(): void {
    if (file !== undefined && fstatSync(file).nlink === 0) {
      closeSync(file);
      file = undefined;
    }
    file ??= openSync(path, 'a');
    for (let line = waiting[0]; line; line = waiting[0]) {
      // Another server may have written since a line was cut off. Readers pass over one that is no key.
      if (isCut) line = Buffer.concat([Buffer.from('\n'), line]);
      isCut = writeSync(file, line) < line.length;
      if (!isCut) waiting.shift();
    }
  }

  function tryWriting(): void {
    try {
      write();
      problem = undefined;
    } catch (error) {
      if (problem === undefined) log.warn(`the keys of TLS connections can't be written: ${error}`);
      problem = `the keys of TLS connections can't be written to ${path}: ${error}`;
      waiting = waiting.slice(-MOST_WAITING);
    }
  }

  tryWriting();
  return {
    write(line) {
      waiting.push(line);
      tryWriting();
    },
    get problem() {
      if (problem !== undefined) tryWriting();
      return problem;
    },
  };
}
