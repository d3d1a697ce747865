/** How much of a message is printed, in characters. */
const SHOWN = 1_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
const ALL_CONTROL = new RegExp(CONTROL, 'g');

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** What a peer sent, or so many octets of it, fit for a terminal: control characters escaped, a long text cut. */
export function printable(bytes: Buffer, length = bytes.length): string {
  const text = bytes.toString('utf8', 0, Math.min(length, SHOWN * 4));
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${length} bytes)` : text;
  return CONTROL.test(shown) ? shown.replaceAll(ALL_CONTROL, escaped) : shown;
}

function escaped(character: string): string {
  return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
