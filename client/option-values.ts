import * as v from 'valibot';
import { LARGEST_PAYLOAD, LARGEST_WINDOW } from '#lib/transfer/datagram.ts';
import { modeNames } from '#lib/transfer/kinds.ts';
import { limits } from '#lib/transfer/open.ts';
import { bounds } from './commands/flow.ts';
import { protocols } from './message-check.ts';
import { tlsVersions } from './tls-options.ts';

/** What the options of each command accept as a value. The message of a refusal has what is allowed. */
export const optionValues = {
  balance: {
    '--requests': wholeNumber({ min: 1, max: 1_000_000 }),
    '--timeout': seconds({ min: 0.001, max: 3600 }),
    '--interval': seconds({ min: 0, max: 3600 }),
  },
  echo: {
    '--protocol': oneOf(protocols),
    '--retries': wholeNumber({ min: 1, max: 1_000 }),
    '--timeout': seconds({ min: 0.001, max: 3600 }),
    '--count': wholeNumber({ min: 1, max: 1_000_000 }),
    '--concurrency': wholeNumber({ min: 1, max: 1_000 }),
  },
  send: {
    '--protocol-mode': oneOf(modeNames),
    '--count': wholeNumber({ min: 1, max: 1_000_000 }),
    '--window': wholeNumber({ min: 1, max: LARGEST_WINDOW }),
    '--segment': wholeNumber({ min: 1, max: LARGEST_PAYLOAD }),
    '--min-rto': wholeNumber(limits['min-rto']),
    '--max-rto': wholeNumber(limits['max-rto']),
    '--tries': wholeNumber(limits.tries),
  },
  flow: {
    '--megabytes': wholeNumber(bounds.megabytes),
    '--seconds': wholeNumber(bounds.seconds),
    '--flows': wholeNumber(bounds.flows),
    '--congestion': v.pipe(
      v.string(),
      v.regex(/^[a-z0-9_-]+$/, 'allowed: the name of a congestion control, such as reno'),
    ),
  },
} as const;

export const portValue = wholeNumber({ min: 1, max: 65_535 });
/** The option may also have no value. */
export const tlsValue = oneOf(tlsVersions, ', or nothing');

export type OptionValue = v.GenericSchema<string, string | number>;

function oneOf<Word extends string>(words: readonly Word[], otherwise = '') {
  const wordOf = (text: string) => words.find((word) => word === text.toLowerCase());
  return v.pipe(
    v.string(),
    v.check((text) => wordOf(text) !== undefined, `allowed: ${words.join(', ')}${otherwise}`),
    v.transform((text) => wordOf(text)!),
  );
}

function wholeNumber({ min, max }: { min: number; max: number }) {
  return v.pipe(
    v.string(),
    v.check(
      (text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max,
      `allowed: a whole number from ${min} to ${max}`,
    ),
    v.transform(Number),
  );
}

function seconds({ min, max }: { min: number; max: number }) {
  return v.pipe(
    v.string(),
    v.check(
      (text) => text.trim() !== '' && Number(text) >= min && Number(text) <= max,
      `allowed: seconds from ${min} to ${max}`,
    ),
    v.transform(Number),
  );
}
