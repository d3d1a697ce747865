import { printable } from '#lib/text/readable.ts';
import { LARGEST_PAYLOAD } from './datagram.ts';
import { decodeFields, encodeFields } from './fields.ts';

/**
 * The parameters in an OPEN: `bytes=1048576 segment=1320 echo=no min-rto=50 max-rto=100 tries=100`. With a token,
 * `at=1735787045006` follows.
 */
export interface OpenParameters {
  /** Bytes of the whole transfer. */
  readonly bytes: number;
  /** Bytes in each DATA except the last. */
  readonly segment: number;
  /** Whether the server sends the bytes back, by the same protocol. */
  readonly echo: boolean;
  /**
   * For the server's own segments: bounds of its retransmission timeout, in ms, and timeouts of one segment after which
   * it gives up.
   */
  readonly minRto: number;
  readonly maxRto: number;
  readonly tries: number;
  /**
   * When the client made the OPEN, in ms since 1970. A server with a token recognizes a replayed OPEN by it. The
   * server's own OPEN has no time, because the client has just drawn the id.
   */
  readonly at?: number | undefined;
}

/** Characters of a refused value that are shown, at most. */
const SHOWN = 40;

/** The allowed ranges, both ends included. */
export const limits = {
  bytes: { min: 0, max: Number.MAX_SAFE_INTEGER },
  segment: { min: 1, max: LARGEST_PAYLOAD },
  'min-rto': { min: 1, max: 60_000 },
  'max-rto': { min: 1, max: 60_000 },
  tries: { min: 1, max: 1_000 },
  at: { min: 0, max: Number.MAX_SAFE_INTEGER },
} as const;

export function encodeOpen({ bytes, segment, echo, minRto, maxRto, tries, at }: OpenParameters): Buffer {
  const word = echo ? 'yes' : 'no';
  const fields = { bytes, segment, echo: word, 'min-rto': minRto, 'max-rto': maxRto, tries };
  return encodeFields(at === undefined ? fields : { ...fields, at });
}

/** Reads the payload of an OPEN. Returns all problems in one line of text when it is not allowed. */
export function decodeOpen(payload: Buffer): OpenParameters | string {
  const fields = decodeFields(payload);
  const problems: string[] = [];
  const number = (name: keyof typeof limits) => {
    const text = fields.get(name) ?? '';
    const { min, max } = limits[name];
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      problems.push(`${name} is "${shown(text)}"; allowed: a whole number from ${min} to ${max}`);
    }
    return value;
  };
  const echo = fields.get('echo');
  if (echo !== 'yes' && echo !== 'no') problems.push(`echo is "${shown(echo ?? '')}"; allowed: yes, no`);
  const parameters: OpenParameters = {
    bytes: number('bytes'),
    segment: number('segment'),
    echo: echo === 'yes',
    minRto: number('min-rto'),
    maxRto: number('max-rto'),
    tries: number('tries'),
    at: fields.has('at') ? number('at') : undefined,
  };
  if (parameters.minRto > parameters.maxRto) {
    problems.push(`min-rto is "${parameters.minRto}"; allowed: at most max-rto, ${parameters.maxRto}`);
  }
  return problems.length > 0 ? problems.join('; ') : parameters;
}

function shown(value: string): string {
  return printable(Buffer.from(value.slice(0, SHOWN), 'latin1'));
}
