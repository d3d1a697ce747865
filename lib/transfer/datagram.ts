import { hash, type KeyObject } from 'node:crypto';
import { HMAC_BYTES, type HmacProblem, hmacTag, isHmac, isHmacTagOf } from '#lib/message/hmac.ts';
import { codeOfMode, type Kind, kinds, type ModeName, modeNames } from './kinds.ts';

/*
 * A datagram of a transfer, in ABNF (RFC 5234), over bytes. Its header has 80 bytes, five rows of a hex dump:
 *
 *    datagram = header payload [ hmac ]
 *    header   = "wirelab/1" SP kind SP "id=" id SP mode SP "s=" number SP "a=" number SP
 *               "w=" window 2SP "l=" length 2SP "tag=" tag 3SP LF
 *    kind     = "OPEN " / "DATA " / "CLOSE" / "ACK  " / "ABORT"
 *    id       = 8HEXDIG-lower   ; id of the transfer, drawn by the client
 *    mode     = "SW " / "GBN" / "SR "
 *    number   = 5DIGIT          ; modulo 65,536. s: in OPEN, DATA and CLOSE. a: in ACK. Else 00000
 *    window   = 4DIGIT          ; in OPEN: what the sender asks for. In ACK: what the receiver allows. Else 0000
 *    length   = 4DIGIT          ; bytes in the payload
 *    tag      = 8HEXDIG-lower   ; first digits of SHA-1(datagram), with "00000000" in place of the tag
 *    payload  = 0*1320OCTET     ; DATA: bytes. OPEN, CLOSE, ACK: text, see open.ts and receipt.ts. ABORT: a reason.
 *                               ; With an HMAC: 0*1243OCTET
 *    hmac     = "|hmac-sha256:" 64HEXDIG-lower
 *                               ; HMAC of side, header and payload, with "00000000" in place of the tag.
 *                               ; side is "C" in datagrams of the client, "S" in those of the server
 *
 * The tag covers everything, HMAC included. With a right tag, nothing was damaged. With a right tag and a wrong HMAC,
 * the sender has another token. Because of the side, nobody can send a client's datagram back to it as an answer.
 *
 * A replayed datagram has the id of its transfer and its number there, so it counts as a duplicate. Numbers wrap: a
 * recorded datagram fits again 65,536 segments later. The SHA-256 in the CLOSE then shows the difference.
 */

export interface Datagram {
  readonly kind: Kind;
  /** 8 hex digits. */
  readonly id: string;
  readonly mode: ModeName;
  readonly sequence: number;
  readonly ack: number;
  readonly window: number;
  readonly payload: Buffer;
}

/** How one side signs its datagrams. The client is side `C`, the server `S`. */
export interface Signature {
  readonly key: KeyObject;
  readonly side: 'C' | 'S';
}

/** Sequence numbers, 0 to 65,535. */
export const SPACE = 65_536;
export const LARGEST_WINDOW = 256;

export const HEADER_BYTES = 80;
/** Bytes of a datagram that no link on the path fragments, tunnels included. */
const LARGEST_DATAGRAM = 1_400;
export const LARGEST_PAYLOAD = LARGEST_DATAGRAM - HEADER_BYTES;
/** The same for a datagram with an HMAC. */
export const LARGEST_SIGNED_PAYLOAD = LARGEST_PAYLOAD - HMAC_BYTES;

/** The receive buffer that a socket asks for, in bytes. The kernel gives as much of it as it allows. */
export const RECEIVE_BUFFER = 4 * 2 ** 20;

const MAGIC = Buffer.from('wirelab/');
const VERSION = '1';
const NO_TAG = '00000000';
const ZERO = 0x30;
const ID = /^[0-9a-f]{8}$/;

/** A header with empty fields, and the offset of each field. */
const FORM = Buffer.from('wirelab/1       id=         SW  s=      a=      w=      l=      tag=           \n');
const AT = { kind: 10, id: 19, mode: 28, sequence: 34, ack: 42, window: 50, length: 58, tag: 68 } as const;
const WIDTH = { kind: 5, id: 8, mode: 3, sequence: 5, ack: 5, window: 4, length: 4, tag: 8 } as const;
type Field = keyof typeof AT;

/** The bytes of a header that are the same in every datagram. */
const FIXED = FORM.keys()
  .toArray()
  .filter(
    (at) => !Object.entries(AT).some(([field, from]) => at >= from && at < from + WIDTH[field as Field]),
  );

const kindOf = new Map(kinds.map((kind) => [kind.padEnd(WIDTH.kind), kind]));
const modeOf = new Map(modeNames.map((mode) => [codeOfMode[mode].padEnd(WIDTH.mode), mode]));

/** Whether a datagram belongs to a transfer, of any version. Otherwise it is a message. */
export function isOfTransfer(bytes: Buffer): boolean {
  return bytes.length > MAGIC.length && MAGIC.compare(bytes, 0, MAGIC.length) === 0;
}

/** The version of a transfer's datagram, when this program does not know it. */
export function foreignVersion(bytes: Buffer): string | undefined {
  if (!isOfTransfer(bytes)) return undefined;
  const [version = ''] = /^\d+(?= )/.exec(bytes.toString('latin1', MAGIC.length, MAGIC.length + 4)) ?? [];
  return version === '' || version === VERSION ? undefined : version;
}

/** Encodes a datagram, signed or not. @throws RangeError when a value does not fit into its field */
export function encodeDatagram(datagram: Datagram, signature?: Signature): Buffer {
  const { kind, id, mode, sequence, ack, window, payload } = datagram;
  const { length } = payload;
  const hmacBytes = signature ? HMAC_BYTES : 0;
  if (!ID.test(id) || sequence >= SPACE || ack >= SPACE || length > LARGEST_PAYLOAD - hmacBytes) {
    throw new RangeError(`a datagram can't have id ${id}, numbers ${sequence} and ${ack}, ${length} bytes`);
  }
  const header =
    `wirelab/1 ${kind.padEnd(WIDTH.kind)} id=${id} ${codeOfMode[mode].padEnd(WIDTH.mode)} ` +
    `s=${digits(sequence, WIDTH.sequence)} a=${digits(ack, WIDTH.ack)} ` +
    `w=${digits(window, WIDTH.window)}  l=${digits(length, WIDTH.length)}  tag=${NO_TAG}   \n`;
  const end = HEADER_BYTES + length;
  const bytes = Buffer.allocUnsafe(end + hmacBytes);
  bytes.write(header, 'latin1');
  if (length > 0) bytes.set(payload, HEADER_BYTES);
  if (signature) {
    const { key, side } = signature;
    bytes.write(`|${hmacTag(key, side, bytes.subarray(0, end))}`, end, 'latin1');
  }
  bytes.write(tagOf(bytes), AT.tag, 'latin1');
  return bytes;
}

/**
 * Reads a datagram, with or without an HMAC; it does not verify the HMAC. Undefined when the form, the length or the
 * tag is wrong: the datagram was damaged.
 */
export function decodeDatagram(bytes: Buffer): Datagram | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  for (const at of FIXED) if (bytes[at] !== FORM[at]) return undefined;
  const kind = kindOf.get(text(bytes, 'kind'));
  const mode = modeOf.get(text(bytes, 'mode'));
  const id = text(bytes, 'id');
  const sequence = number(bytes, 'sequence');
  const ack = number(bytes, 'ack');
  const window = number(bytes, 'window');
  const length = number(bytes, 'length');
  const wellFormed = kind && mode && ID.test(id) && sequence < SPACE && ack < SPACE && window >= 0;
  const end = HEADER_BYTES + length;
  if (!wellFormed || bytes.length > LARGEST_DATAGRAM) return undefined;
  if (bytes.length !== end && !(bytes.length === end + HMAC_BYTES && isHmac(bytes, bytes.length)))
    return undefined;
  if (!isTagRight(bytes)) return undefined;
  return { kind, id, mode, sequence, ack, window, payload: bytes.subarray(HEADER_BYTES, end) };
}

/** Bytes of the HMAC in a datagram that was read; 0 when it has none. */
export function hmacLength(bytes: Buffer, { payload }: Datagram): number {
  return bytes.length - HEADER_BYTES - payload.length;
}

/** The problem with the HMAC of a datagram that was read. Undefined when that side has signed it. */
export function hmacProblem(
  bytes: Buffer,
  datagram: Datagram,
  { key, side }: Signature,
): HmacProblem | undefined {
  const length = hmacLength(bytes, datagram);
  if (length === 0) return 'no HMAC';
  const end = bytes.length - length;
  const hmac = bytes.toString('latin1', end + 1);
  const right = withoutTag(bytes, () => isHmacTagOf(key, hmac, side, bytes.subarray(0, end)));
  return right ? undefined : 'wrong HMAC';
}

/** The tag in an encoded datagram, right or wrong. */
export function tagAsSent(bytes: Buffer): string {
  return text(bytes, 'tag');
}

function isTagRight(bytes: Buffer): boolean {
  return withoutTag(bytes, (tag) => tagOf(bytes) === tag);
}

/** Calls back while the datagram has zeros in place of its tag. */
function withoutTag(bytes: Buffer, ask: (tag: string) => boolean): boolean {
  const tag = tagAsSent(bytes);
  bytes.fill(ZERO, AT.tag, AT.tag + WIDTH.tag);
  const answer = ask(tag);
  bytes.write(tag, AT.tag, 'latin1');
  return answer;
}

function tagOf(bytes: Buffer): string {
  return hash('sha1', bytes).slice(0, WIDTH.tag);
}

function text(bytes: Buffer, field: Field): string {
  return bytes.toString('latin1', AT[field], AT[field] + WIDTH[field]);
}

/** The number in a field. NaN for no number; every comparison with NaN is false. */
function number(bytes: Buffer, field: Field): number {
  let value = 0;
  for (let at = AT[field]; at < AT[field] + WIDTH[field]; at += 1) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function digits(value: number, places: number): string {
  if (!Number.isInteger(value) || value < 0 || value >= 10 ** places) {
    throw new RangeError(`${value} does not fit into ${places} digits`);
  }
  return String(value).padStart(places, '0');
}
