import winston from 'winston';

export type Log = winston.Logger;

/**
 * A log whose information lines are the bare message, so that what a lab sheet shows is what is printed.
 * Warnings and errors say what they are and go to stderr.
 */
export function createLog(): Log {
  return winston.createLogger({
    format: winston.format.printf(({ level, message }) =>
      level === 'info' ? String(message) : String(message).replace(/^/gm, `${level}: `),
    ),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn'] })],
  });
}
