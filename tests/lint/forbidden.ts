/** A word that is not written, and what is. */
export interface Forbidden {
  readonly pattern: RegExp;
  readonly instead: string;
}

/**
 * The right column of the glossary, and what else makes a sentence hard to read. "node" for a host is not among them:
 * nothing tells it from the program Node.
 */
export const FORBIDDEN: readonly Forbidden[] = [
  // One word for one thing.
  { pattern: /\bdeeds?\b/i, instead: 'fault' },
  { pattern: /\bregimes?\b|\bfault settings in force\b/i, instead: 'fault profile' },
  {
    pattern:
      /(?:\b(?:journal|entry|log|capture|record|report|\w+\.(?:log|pcap|json))|`….log`) (?:also |only )?(?:says?|tells?|told)\b/i,
    instead: 'records, has, shows',
  },
  {
    pattern: /\b(?:journals|entries|logs|captures|records) (?:also |only )?(?:say|tell|told)\b/i,
    instead: 'record, have, show',
  },
  {
    pattern: /\bwhat (?:has |had )?(?:came|left)\b/i,
    instead: 'request, message, datagram; answer, echo, ACK',
  },
  { pattern: /\b(?:un)?tie[sd]?\b|\b(?:un)?tying\b/i, instead: 'match, matched' },
  { pattern: /\bloose(?:ly)?\b/i, instead: 'unmatched' },
  {
    pattern: /\b(?:bear|bears|bearing|bore|borne)(?: (?:it|them|this|that|him))? out\b/i,
    instead: 'confirm, confirmed',
  },
  { pattern: /\b(?:un)?seal(?:s|ed|ing)?\b/i, instead: 'encrypt, encrypted' },
  {
    pattern: /\b(?:stays?|is|are|was|were|kept|remains?) shut\b|\bshut (?:message|entry|record)/i,
    instead: 'encrypted',
  },
  {
    pattern:
      /\bkeys? (?:that |which |can |could |would |may )*open(?:s|ed)?\b|\bopen(?:ed|s)? (?:it |them )?(?:with|by) (?:[\w']+ ){0,2}(?:keys?|secrets?)\b/i,
    instead: 'decrypt, decrypted',
  },
  { pattern: /\blate acks?\b/i, instead: 'duplicate ACK' },
  { pattern: /\b(?:sent|sends?|sending) (?:\S+ ){0,3}again\b/i, instead: 'retransmitted, or: tried again' },
  { pattern: /\btime-outs?\b/i, instead: 'timeout' },
  // ABNF has OCTET, and a type of content has octet-stream.
  { pattern: /\b[Oo]ctets?\b(?!-)/, instead: 'byte' },
  {
    pattern: /\bbehind\b(?! (?:an? |the |its |your |one )?(?:\w+ )?(?:NAT|proxy|firewall|router|VPN)\b)/i,
    instead: 'after',
  },
  { pattern: /\bin front\b/i, instead: 'before' },
  // What the assignments describe is the reference programs; a seed is a random seed.
  {
    pattern:
      /\bseed(?:'s|s')? (?:documents?|programs?|clients?|servers?|assignments?|tasks?)\b|\bseed-compatible\b|\bSEED_COMPATIBLE\b(?! is now called)/i,
    instead: 'reference server, reference client, REFERENCE',
  },
  { pattern: /(?<!\bRFC \d+,? )§ ?\d/, instead: 'a link to docs/assignments.md' },
  // Sentences that are turned round.
  // A docstring may say whose it is: "Of the client."
  {
    pattern: /^Of (?!course\b)(?:[^,]*, |(?:\S+ ){6})|[;:] of (?!course\b)[^,;:.]{1,60}, (?!of\b|and\b|or\b)/,
    instead: 'the subject first',
  },
  { pattern: /\bwhoever\b/i, instead: 'anybody who, each client that' },
  { pattern: /\bso many\b/i, instead: 'the number' },
  { pattern: /\bwhat is to be\b/i, instead: 'the thing itself' },
  { pattern: /(?<![-\w])(?:stands?|stood|standing)\b(?! for\b| out\b|-)/i, instead: 'is' },
];
