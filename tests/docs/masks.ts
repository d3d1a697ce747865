/** What differs from run to run, and what both sides of a comparison have in its place. */
interface Mask {
  readonly what: string;
  readonly pattern: RegExp;
  readonly by: string;
}

/** The id of a transfer, which is drawn anew each time. */
const TRANSFER = /\b(transfer":"|[Tt]ransfer |TRANSFER=|id=)([0-9a-f]{8})\b/g;

/** The ids of transfers in a line, in order. */
export function transfersIn(line: string): string[] {
  return Array.from(line.matchAll(TRANSFER), ([, , id = '']) => id);
}

/** In this order. */
const MASKS: readonly Mask[] = [
  {
    what: 'a seed that was drawn or is set',
    pattern: /^(\s*seed +)\S+ \((?:drawn|LAB_SEED)\b.*$/,
    by: '$1⟨seed⟩',
  },
  {
    what: 'a date and time',
    pattern: /\b\d{4}-\d\d-\d\d[T ]\d\d:?\d\d:?\d\d(?:\.\d+)?(?:Z|\b)/g,
    by: '⟨time⟩',
  },
  { what: 'a date of HTTP', pattern: /\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\b/g, by: '⟨time⟩' },
  { what: 'a time of the day', pattern: /\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g, by: '⟨time⟩' },
  { what: 'a date', pattern: /\b\d{4}-\d\d-\d\d\b/g, by: '⟨date⟩' },
  { what: 'seconds since 1970', pattern: /\b1[789]\d{8}(?:\.\d+)?\b/g, by: '⟨time⟩' },
  { what: 'the id of a transfer', pattern: TRANSFER, by: '$1⟨id⟩' },
  { what: 'the id of a container', pattern: /\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b/g, by: '⟨id⟩' },
  { what: 'a MAC address', pattern: /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g, by: '⟨mac⟩' },
  { what: 'the other end of an interface', pattern: /@if\d+/g, by: '@⟨n⟩' },
  { what: 'options of TCP', pattern: /\b(TSval|TSecr|Win|WS|MSS)=\d+/g, by: '$1=⟨n⟩' },
  {
    what: 'a port that the kernel gave',
    pattern: /\b(?:3276[89]|327[7-9]\d|32[89]\d{2}|3[3-9]\d{3}|[45]\d{4}|60\d{3})\b(?! bytes)/g,
    by: '⟨port⟩',
  },
  // A delay is drawn, and the same each time. A whole number is a setting.
  {
    what: 'a duration',
    pattern:
      /(?<!delay )(?<![\d.])(?:\b\d[\d,]*(?:\.\d+)? ?(?:µs|us)|(?:\b\d[\d,]*\.\d+|…) ?(?:ms|µs|us|s|min|seconds|minutes))\b/g,
    by: '⟨duration⟩',
  },
  { what: 'a time in a capture', pattern: /(?<![\d.])\d+\.\d{3,}(?![\d.])/g, by: '⟨s⟩' },
  {
    what: 'frames of the request of an entry',
    pattern: /^(!? *)(?:[\d…]+ )+(?=→ (?:[\d…]|-(?: |$)))/,
    by: '$1⟨frames⟩ ',
  },
  {
    what: 'frames of its response',
    pattern: /^(!? *(?:⟨frames⟩|-) → )(?:[\d…]+ )*[\d…]+(?= |$)/,
    by: '$1⟨frames⟩',
  },
  { what: 'the first column of a table of packets', pattern: /^( *)\d+( +⟨s⟩ )/, by: '$1⟨frame⟩$2' },
  {
    what: 'numbers of frames',
    pattern: /\b(frames?:? (?:number )?)(?:\d+|…)(?:(?:, | and | to |–)(?:\d+|…))*/g,
    by: '$1⟨n⟩',
  },
  {
    what: 'a count of packets',
    pattern:
      /(?:\b\d[\d,]*|…)(?= (?:packets?|frames?|datagrams?|retransmissions?|comments?|of \d[\d,]* (?:packets|frames))\b)/g,
    by: '⟨n⟩',
  },
  { what: 'a size of a file', pattern: /(?:\b\d[\d,.]*|…)(?= (?:KiB|MiB|KB|MB|GB)\b)/g, by: '⟨n⟩' },
  { what: 'a place in the Makefile', pattern: /\bMakefile:\d+/g, by: 'Makefile:⟨n⟩' },
  {
    what: 'the version of a tool',
    pattern: /\b(curl|node|tshark|wireshark)([/ ]v?)\d+(?:\.\d+)+/gi,
    by: '$1$2⟨version⟩',
  },
];

/** A line with one blank in place of several. */
export function squeezed(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}

/** A line without what differs from run to run. */
export function masked(line: string): string {
  return squeezed(MASKS.reduce((text, { pattern, by }) => text.replace(pattern, by), line));
}
