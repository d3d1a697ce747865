import winston from 'winston';
import { safeLines } from '#lib/text/readable.ts';

export type Log = winston.Logger;

/**
 * A log whose information lines are the bare message, so that what a lab sheet shows is what is printed.
 * Warnings and errors say what they are and go to stderr. Whatever a message quotes, the terminal stays as it is.
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
