import { HMAC_BYTES, isHmac } from '#common/hmac.ts';
import { Message } from '#common/message.ts';
import { isText, readable } from '#common/readable.ts';
import { decodeDatagram, HEADER_BYTES } from '#common/transfer/datagram.ts';
import { FirstSent, type SentSegment } from './first-sent.ts';

export const exposureKinds = ['body', 'credentials', 'bearer token', 'cookie'] as const;
export type ExposureKind = (typeof exposureKinds)[number];

/** What anyone on the way can read in a payload. */
export interface Exposure {
  readonly what: ExposureKind;
  /** Fit for a terminal, and cut when it is long. */
  readonly text: string;
}

/** What a frame carries. */
export interface Carried {
  readonly payload: Buffer;
  /** By TLS: nobody on the way can read it. */
  readonly isSealed: boolean;
  /** Of TCP, whose numbers tell what it sends again. */
  readonly segment: Omit<SentSegment, 'payload'> | undefined;
}

/** How much of a text is shown, in characters. */
const SHOWN = 1_000;
const HTTP = /^(?:[A-Z]+ (\S+) HTTP\/1\.[01]|HTTP\/1\.[01] \d{3})[^\n]*\n/;
/** Of a reliable transfer (docs/reliable-transfer.md): its header says nothing that was to stay secret. */
const DATAGRAM = /^wirelab\/1 (\w+)/;

const SECRET =
  'pass|passwd|password|passphrase|passcode|pwd|pin|secret|token|[a-z]+_token|api_?key|client_secret';
const FIELD = new RegExp(`(?:^|[?&;\\s])(${SECRET})=([^&;\\s#]+)`, 'gi');
const JSON_FIELD = new RegExp(`"(${SECRET})"\\s*:\\s*"((?:[^"\\\\]|\\\\.)+)"`, 'gi');

/** What frames expose, one behind another: what TCP sends again was exposed before, and what TLS seals is not. */
export class ExposedOnce {
  readonly #first = new FirstSent();

  by({ payload, isSealed, segment }: Carried): Exposure[] {
    if (isSealed || (segment && !this.#first.has({ ...segment, payload }))) return [];
    return exposuresOf(payload);
  }
}

/**
 * What a payload exposes in plain text: an HTTP message by its headers and body, anything else that is text as the
 * body of a message to the echo server. TLS records and binary payloads expose nothing.
 */
export function exposuresOf(payload: Buffer): Exposure[] {
  if (payload.length === 0 || isTls(payload)) return [];
  const start = payload.toString('latin1', 0, 16_384);
  const http = HTTP.exec(start);
  if (http) return ofHttp(payload, start, http);
  const kind = DATAGRAM.exec(start)?.[1];
  if (kind === undefined) return ofBody(new Message(payload, true).body);
  return kind === 'DATA' ? ofBody(dataOf(payload)) : [];
}

/** What a datagram carries; of one that was damaged, all behind the header but what has the form of an HMAC. */
function dataOf(bytes: Buffer): Buffer {
  const datagram = decodeDatagram(bytes);
  if (datagram) return datagram.payload;
  return bytes.subarray(HEADER_BYTES, bytes.length - (isHmac(bytes, bytes.length) ? HMAC_BYTES : 0));
}

/** Whether octets begin as a TLS record does: handshake, alert, cipher change or data, version 3.x (RFC 8446, 5.1). */
export function isTls(payload: Buffer): boolean {
  return (
    payload.length >= 3 && payload[0]! >= 0x14 && payload[0]! <= 0x17 && payload[1] === 3 && payload[2]! <= 4
  );
}

function ofHttp(payload: Buffer, start: string, [, target = '']: RegExpExecArray): Exposure[] {
  const blank = /\r?\n\r?\n/.exec(start);
  const head = blank ? start.slice(0, blank.index) : start;
  const headers = head.split(/\r?\n/).slice(1).flatMap(ofHeader);
  const body = blank ? payload.subarray(blank.index + blank[0].length) : Buffer.alloc(0);
  return [...secretsIn(target), ...headers, ...ofBody(body)];
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

/** Who types HTTP by hand sends it a line a segment, so a header may stand in what looks like a message. */
function ofBody(bytes: Buffer): Exposure[] {
  if (!isText(bytes)) return [];
  const text = bytes.toString('latin1');
  return [exposure('body', bytes), ...text.split(/\r?\n/).flatMap(ofHeader), ...secretsIn(text)];
}

/** Passwords and tokens in form fields, query parameters and JSON. */
function secretsIn(text: string): Exposure[] {
  return [
    ...Array.from(text.matchAll(FIELD), ([, name, value]) => secret(name!, decoded(value!))),
    ...Array.from(text.matchAll(JSON_FIELD), ([, name, value]) =>
      secret(name!, Buffer.from(value!, 'latin1')),
    ),
  ];
}

function secret(name: string, value: Buffer): Exposure {
  return exposure('credentials', Buffer.concat([Buffer.from(`${name}=`), value]));
}

/** The octets of a form's value (WHATWG URL, application/x-www-form-urlencoded). */
function decoded(value: string): Buffer {
  const octets = value
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1');
}

function exposure(what: ExposureKind, bytes: Buffer): Exposure {
  const text = readable(bytes.subarray(0, SHOWN * 4));
  return { what, text: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text };
}
