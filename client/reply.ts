import type { KeyObject } from 'node:crypto';
import { refusals } from '#lib/message/hmac.ts';
import { Message, tagOf } from '#lib/message/message.ts';
import { isSame } from '#lib/text/constant-time.ts';

/** What a reply is to the message that waits for one. */
export type Verdict =
  | 'valid'
  /** No tag, such as a loss notice, which doesn't say whose it is. */
  | 'invalid-format'
  /** Ours by its tag, with another body; of HMACs also one that is not right, whoever made it. */
  | 'mismatch'
  /** A late answer to another message. */
  | 'other';

export interface ReadReply {
  readonly verdict: Verdict;
  /** The tag that its body should have; undefined without a tag. */
  readonly current?: string;
  readonly original?: string;
}

/**
 * Reads a reply to `sent`, a message with a tag: with a key an HMAC, without one a checksum.
 *
 * A reply carries no number. Body and tag tell whether it answers this message or another, but not which attempt
 * it answers; and what has no tag could be anybody's.
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
 * As the client of the second seed document reads a reply (3.3.1): text, split at the first bar, bytes that are no
 * UTF-8 replaced before the checksum; any that agrees with itself is valid.
 */
export function readReplyAsReference(reply: Buffer, key?: KeyObject): ReadReply {
  const text = reply.toString();
  const bar = text.indexOf('|');
  if (bar < 0) return { verdict: 'invalid-format' };
  const current = tagOf(text.slice(0, bar), key);
  const original = text.slice(bar + 1);
  return { verdict: isSame(current, original) ? 'valid' : 'mismatch', current, original };
}

/** What there is to do about a refusal, by its reason. */
const advice = new Map([
  [refusals['no HMAC'], 'give this client the LAB_TOKEN of the server'],
  [refusals['wrong HMAC'], 'the LAB_TOKEN of the server is another one than that of this client'],
]);

/**
 * Why a server with a token refuses a message, and what there is to do about it. Undefined for any other reply: a
 * refusal is a line, which no answer to a message without a line ending is.
 */
export function refusedFor(reply: Buffer): string | undefined {
  const { tag, text, ending } = new Message(reply);
  if (tag !== undefined || ending.length === 0) return undefined;
  const [, reason] = /^refused: (.*)$/s.exec(text.toString()) ?? [];
  if (reason === undefined) return undefined;
  const hint = advice.get(reason);
  return hint === undefined ? reason : `${reason}: ${hint}`;
}
