import { openSync, writeSync } from 'node:fs';
import type { Log } from '../log.ts';

/** Writes a line of a key log (NSS key log format, draft-ietf-tls-keylogfile), as Node gives it. */
export type KeyLog = (line: Buffer) => void;

/** Opens the key log that all servers add to. A server serves without it too: its captures then stay sealed. */
export function openKeyLog(path: string, log: Log): KeyLog {
  const warn = (error: unknown) => log.warn(`the keys of TLS connections can't be written: ${error}`);
  try {
    const file = openSync(path, 'a');
    let failing = false;
    return (line) => {
      try {
        writeSync(file, line);
        failing = false;
      } catch (error) {
        if (!failing) warn(error);
        failing = true;
      }
    };
  } catch (error) {
    warn(error);
    return () => undefined;
  }
}
