import winston from 'winston';
import { safeLines } from '#lib/text/readable.ts';

export type Log = winston.Logger;

/**
 * A log that prints information as it is, so that the output matches a lab sheet. Warnings and errors begin with their
 * level and go to stderr. Control characters in a message are escaped, so they can't change the terminal.
 */
export function createLog(): Log {
  return winston.createLogger({
    format: winston.format.printf(({ level, message }) => {
      const lines = safeLines(String(message));
      return level === 'info' ? lines : lines.replace(/^/gm, `${level}: `);
    }),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn'] })],
  });
}
