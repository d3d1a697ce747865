import { LONGEST_MESSAGE } from '#lib/message/framing.ts';
import { HMAC_BYTES } from '#lib/message/hmac.ts';
import { TAG_BYTES } from '#lib/message/message.ts';

export const protocols = ['tcp', 'udp'] as const;
export type Protocol = (typeof protocols)[number];

/** Texts that the reference client takes for an attack. */
const UNSAFE = ['drop table', 'shutdown', 'malware'];

/** The most bytes in a message with its tag. On UDP it must fit into one datagram. */
const LONGEST: Readonly<Record<Protocol, number>> = { tcp: LONGEST_MESSAGE, udp: 65_507 };

/** Why a text can't be sent, with its HMAC or its checksum. Undefined when it can. */
export function refusal(text: string, protocol: Protocol, withHmac = false): string | undefined {
  if (text.trim() === '') return 'Empty message, nothing sent';
  const lower = text.toLowerCase();
  if (UNSAFE.some((word) => lower.includes(word))) return 'Invalid or unsafe message';
  if (/[\n\r]/.test(text)) return 'Invalid message: it has a line break, which ends a message';
  const length = Buffer.byteLength(text) + (withHmac ? HMAC_BYTES : TAG_BYTES);
  const longest = LONGEST[protocol];
  if (length <= longest) return undefined;
  const tag = withHmac ? 'HMAC' : 'tag';
  return `Invalid message: it has ${length} bytes with its ${tag}; allowed: at most ${longest} on ${protocol.toUpperCase()}`;
}
