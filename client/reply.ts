import { checksum, Message } from '#common/message.ts';

/** What a reply is to the message that waits for one. */
export type Verdict =
  | 'valid'
  /** No tag, such as a loss notice, which doesn't say whose it is. */
  | 'invalid-format'
  /** Ours by its tag, with another body. */
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
 * Reads a reply to `sent`, a message with a tag.
 *
 * A reply carries no number. Body and tag tell whether it answers this message or another, but not which attempt
 * it answers; and what has no tag could be anybody's.
 */
export function readReply(reply: Buffer, sent: Message): ReadReply {
  const { body, tag: original } = new Message(reply);
  if (original === undefined) return { verdict: 'invalid-format' };
  const current = checksum(body);
  if (original !== sent.tag) return { verdict: 'other', current, original };
  return { verdict: body.equals(sent.body) ? 'valid' : 'mismatch', current, original };
}

/**
 * As the client of the second seed document reads a reply (3.3.1): text, split at the first bar, bytes that are no
 * UTF-8 replaced before the checksum; any that agrees with itself is valid.
 */
export function readReplyAsSeed(reply: Buffer): ReadReply {
  const text = reply.toString();
  const bar = text.indexOf('|');
  if (bar < 0) return { verdict: 'invalid-format' };
  const current = checksum(text.slice(0, bar));
  const original = text.slice(bar + 1);
  return { verdict: current === original ? 'valid' : 'mismatch', current, original };
}
