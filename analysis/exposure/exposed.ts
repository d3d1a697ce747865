import { HMAC_BYTES, isHmac } from '#lib/message/hmac.ts';
import { Message } from '#lib/message/message.ts';
import { isText, readable } from '#lib/text/readable.ts';
import { isTls } from '#lib/tls/record.ts';
import { decodeDatagram, HEADER_BYTES } from '#lib/transfer/datagram.ts';

export const exposureKinds = ['body', 'credentials', 'bearer token', 'cookie'] as const;
export type ExposureKind = (typeof exposureKinds)[number];

/** Something that anyone on the way can read. */
export interface Exposure {
  readonly what: ExposureKind;
  /** Safe for a terminal, and shortened if it is long. */
  readonly text: string;
}

/** The most characters of a text that are shown. */
const SHOWN = 1_000;
/** The header of a transfer datagram, which has no secrets. */
const DATAGRAM = /^wirelab\/1 (\w+)/;

const WORDS =
  'pass|passwd|password|passphrase|passcode|pwd|pin|secret|token|_token|apikey|api_key|client_secret';
const SECRET = WORDS.replace('|_token', '|[a-z]+_token');
/** The same with letters that may be percent-encoded. */
const CODED_SECRET = WORDS.replaceAll(/[a-z_]/g, coded).replace(`|${coded('_')}`, `|[a-z]+${coded('_')}`);
/** Their second group is the value, and has its indices. A form can have a group of fields: user[password]. */
export const FIELD = new RegExp(
  `(?:^|[?&;\\s])(?:[\\w-]+(?:\\[|%5b))?(${CODED_SECRET})(?:\\]|%5d)?=([^&;\\s#]+)`,
  'dgi',
);
export const JSON_FIELD = new RegExp(
  `"(${SECRET})"\\s*:\\s*"?((?<=")(?:[^"\\\\]|\\\\.)+(?=")|(?<!")-?\\d[\\d.]*)`,
  'dgi',
);
/** A part of multipart/form-data: its headers, a blank line, its value (RFC 7578, 4.2). */
export const PART = new RegExp(
  `\\sname="(?:[\\w-]+\\[)?(${SECRET})\\]?"[^\\n]*\\n(?:[^\\s][^\\n]*\\n)*\\r?\\n([^\\r\\n]+)`,
  'dgi',
);

/** A pattern for a small letter or its capital, as it is or percent-encoded. */
function coded(letter: string): string {
  const [small, capital] = [letter, letter.toUpperCase()].map((one) => Buffer.from(one).toString('hex'));
  return `(?:${letter}|%${small}|%${capital})`;
}

/** The exposures of a whole message or echo. A person may type HTTP to the echo server, one line per message. */
export function exposedByMessage(bytes: Buffer): Exposure[] {
  if (isTls(bytes)) return [];
  const { body } = new Message(bytes, true);
  return [...exposedByBody(body), ...exposedByHeaders(body.toString('latin1').split(/\r?\n/))];
}

/** The exposures of a whole datagram to or from the echo server. A transfer exposes its payload only. */
export function exposedByDatagram(bytes: Buffer): Exposure[] {
  const kind = DATAGRAM.exec(bytes.toString('latin1', 0, HEADER_BYTES))?.[1];
  if (kind === undefined) return exposedByMessage(bytes);
  return kind === 'DATA' ? exposedByBody(dataOf(bytes)) : [];
}

/** The payload of a transfer datagram. If it is damaged: all after the header except what looks like an HMAC. */
function dataOf(bytes: Buffer): Buffer {
  const datagram = decodeDatagram(bytes);
  if (datagram) return datagram.payload;
  return bytes.subarray(HEADER_BYTES, bytes.length - (isHmac(bytes, bytes.length) ? HMAC_BYTES : 0));
}

/** The exposures of HTTP header fields. */
export function exposedByHeaders(lines: readonly string[]): Exposure[] {
  return lines.flatMap(ofHeader);
}

function ofHeader(line: string): Exposure[] {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (value === '') return [];
  if (name === 'cookie' || name === 'set-cookie') return [exposure('cookie', Buffer.from(value, 'latin1'))];
  if (name !== 'authorization' && name !== 'proxy-authorization') return [];
  const [scheme = '', given = ''] = value.split(/\s+/);
  if (/^basic$/i.test(scheme)) return [exposure('credentials', Buffer.from(given, 'base64'))];
  if (/^bearer$/i.test(scheme)) return [exposure('bearer token', Buffer.from(given, 'latin1'))];
  return [];
}

/** The exposures of a whole body: itself if it is text, and the secrets in it. */
export function exposedByBody(bytes: Buffer): Exposure[] {
  return isText(bytes) ? [exposure('body', bytes), ...exposedByFields(bytes.toString('latin1'))] : [];
}

/** Passwords and tokens in query parameters, form fields and JSON. */
export function exposedByFields(text: string): Exposure[] {
  const plain = (matches: Iterable<RegExpMatchArray>) =>
    Array.from(matches, ([, name, value]) => secret(name!, Buffer.from(value!, 'latin1')));
  return [
    ...Array.from(text.matchAll(FIELD), ([, name, value]) =>
      secret(decoded(name!).toString('latin1'), decoded(value!)),
    ),
    ...plain(text.matchAll(JSON_FIELD)),
    ...plain(text.matchAll(PART)),
  ];
}

function secret(name: string, value: Buffer): Exposure {
  return exposure('credentials', Buffer.concat([Buffer.from(`${name}=`), value]));
}

/** Decodes a form's value (WHATWG URL, application/x-www-form-urlencoded). */
function decoded(value: string): Buffer {
  const bytes = value
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function exposure(what: ExposureKind, bytes: Buffer): Exposure {
  const text = readable(bytes.subarray(0, SHOWN * 4));
  return { what, text: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text };
}
