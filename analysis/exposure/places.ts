import { type ExposureKind, exposedByHeaders, FIELD, JSON_FIELD, PART } from './exposed.ts';

/** A secret in plain text: its first byte and its length. */
export interface SecretPlace {
  readonly at: number;
  readonly length: number;
  readonly what: Exclude<ExposureKind, 'body'>;
}

const HEADER = /^([\w-]+[ \t]*:[ \t]*(?:(?:basic|bearer)[ \t]+)?)([^\r\n]*[^\r\n \t])/gim;

/** Where passwords, tokens and cookies are in the payload of a packet, by the rules of the exposures. */
export function secretsIn(bytes: Buffer): SecretPlace[] {
  // One character for each byte.
  const text = bytes.toString('latin1');
  return [...inFields(text), ...inHeaders(text)].sort((one, other) => one.at - other.at);
}

function* inFields(text: string): Generator<SecretPlace> {
  for (const pattern of [FIELD, JSON_FIELD, PART]) {
    for (const { indices } of text.matchAll(pattern)) {
      const [from, to] = indices![2]!;
      yield { at: from, length: to - from, what: 'credentials' };
    }
  }
}

function* inHeaders(text: string): Generator<SecretPlace> {
  for (const { index, 0: line, 1: name = '', 2: value = '' } of text.matchAll(HEADER)) {
    const [exposure] = exposedByHeaders([line]);
    if (!exposure || exposure.what === 'body') continue;
    yield { at: index + name.length, length: value.length, what: exposure.what };
  }
}
