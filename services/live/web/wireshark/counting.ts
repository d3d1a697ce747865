/** Fields whose values depend on what tshark has read before, and not on the packet alone. */
const COUNTED = /^(?:frame\.(?:number|time_relative|time_delta\w*|interface_\w+|file_off)|\w+\.stream)$/;
/** Fields that name another frame by its number. Whether a packet has one of them is no matter of counting. */
const NAMING = /(?:_frame|_in|\.frame)$/;
const COMPARED = /^\s*(?:[=!<>~]|(?:eq|ne|gt|lt|ge|le|in|any_eq|all_eq|any_ne|all_ne)\b)/;

/**
 * Why a filter can't be decided by tshark for the live view, which gives it the packets of both captures, each once, and
 * forgets the oldest ones. So its numbers are those of no capture.
 */
export function countingIn(filter: string): string | undefined {
  const bare = filter.replaceAll(/"(?:\\.|[^"\\])*"|'[^']*'/g, (text) => ' '.repeat(text.length));
  for (const { 0: field, index } of bare.matchAll(/(?<![\w.])[a-z_][\w-]*(?:\.[\w-]+)+/g)) {
    const isCompared = COMPARED.test(bare.slice(index + field.length));
    if (isCounting(field) || (NAMING.test(field) && isCompared))
      return `${field} counts what the live view has read, which no capture has; use what the packet itself has, such as tcp.port == 50000`;
  }
  return undefined;
}

export function isCounting(field: string): boolean {
  return COUNTED.test(field);
}
