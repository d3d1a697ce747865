/** A command as a person types it: make, the name of the command, and its options. */
export function typedOf(command: string, options: Readonly<Record<string, string>>): string {
  const words = Object.entries(options).map(([name, value]) => ` ${name}=${quoted(value)}`);
  return `make ${command}${words.join('')}`;
}

function quoted(value: string): string {
  return /^[\w./:@%+=,-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
