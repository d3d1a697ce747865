import type { KeyObject } from 'node:crypto';
import { refusals } from '#lib/message/hmac.ts';
import { Message, tagOf } from '#lib/message/message.ts';
import { isSame } from '#lib/text/constant-time.ts';

/** What a reply means for the message that waits for one. */
export type Verdict =
  | 'valid'
  /** It has no tag. Example: a loss notice, which does not tell whose it is. */
  | 'invalid-format'
  /** It has the tag of the message and another body; or a wrong HMAC. */
  | 'mismatch'
  /** It is a late echo of another message. */
  | 'other';

export interface ReadReply {
  readonly verdict: Verdict;
  /** The tag that fits the body; undefined when the reply has no tag. */
  readonly current?: string;
  readonly original?: string;
}

/**
 * Reads a reply to `sent`, a message with a tag: an HMAC with a key, a checksum without one.
 *
 * A reply has no number. Body and tag show whether it belongs to this message, but not to which attempt. A reply
 * without a tag could belong to any message.
 */
export function readReply(reply: Buffer, sent: Message, key?: KeyObject): ReadReply {
  const { body, tag: original } = new Message(reply, key !== undefined);
  if (original === undefined || original.length !== sent.tag?.length) return { verdict: 'invalid-format' };
  const current = tagOf(body, key);
  if (original === sent.tag) {
    return { verdict: body.equals(sent.body) ? 'valid' : 'mismatch', current, original };
  }
  return { verdict: key && !isSame(current, original) ? 'mismatch' : 'other', current, original };
}

/**
 * Reads a reply like the reference client: as text, split at the first bar. Bytes that are not UTF-8 are replaced
 * before the checksum. A reply whose checksum fits its own body is valid, whatever was sent.
 */
export function readReplyAsReference(reply: Buffer, key?: KeyObject): ReadReply {
  const text = reply.toString();
  const bar = text.indexOf('|');
  if (bar < 0) return { verdict: 'invalid-format' };
  const current = tagOf(text.slice(0, bar), key);
  const original = text.slice(bar + 1);
  return { verdict: isSame(current, original) ? 'valid' : 'mismatch', current, original };
}

/** What a person can do about a refusal, by its reason. */
const advice = new Map([
  [refusals['no HMAC'], 'give this client the LAB_TOKEN of the server'],
  [refusals['wrong HMAC'], 'this client and the server have different LAB_TOKENs'],
]);

/**
 * Why a server with a token refuses a message, and what a person can do about it. Undefined for any other reply: only a
 * refusal has a line ending when the message has none.
 */
export function refusedFor(reply: Buffer): string | undefined {
  const { tag, text, ending } = new Message(reply);
  if (tag !== undefined || ending.length === 0) return undefined;
  const [, reason] = /^refused: (.*)$/s.exec(text.toString()) ?? [];
  if (reason === undefined) return undefined;
  const hint = advice.get(reason);
  return hint === undefined ? reason : `${reason}: ${hint}`;
}
