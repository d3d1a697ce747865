import { printable } from '#lib/text/readable.ts';
import { LARGEST_PAYLOAD } from './datagram.ts';
import { decodeFields, encodeFields } from './fields.ts';

/**
 * What the client asks for in an OPEN: `bytes=1048576 segment=1320 echo=no min-rto=50 max-rto=100 tries=100`, and with
 * a token `at=1735787045006` behind it.
 */
export interface OpenParameters {
  /** Bytes that will come. */
  readonly bytes: number;
  /** Bytes of each DATA but the last. */
  readonly segment: number;
  /** Whether the server sends them back, by the same protocol. */
  readonly echo: boolean;
  /**
   * For what the server sends: bounds of its retransmission time-out, in ms, and time-outs of one segment until the
   * client counts as gone.
   */
  readonly minRto: number;
  readonly maxRto: number;
  readonly tries: number;
  /**
   * When the client opened it, in ms since 1970, by which a server with a token knows an OPEN that was recorded and is
   * sent again. What the server sends back has none: the client has just drawn its id.
   */
  readonly at?: number | undefined;
}

/** How much of a value that is not allowed is shown, in characters. */
const SHOWN = 40;

/** What is allowed, both ends included. */
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

/** Reads the payload of an OPEN. What is wrong with it comes back as text, a line for all of it. */
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
