import { isCutShort, toolLines } from './tool.ts';

/** After so many frames tshark forgets what it knows of them, or it would need more memory with each. */
const FORGET_AFTER = 100_000;

/** Runs tshark on a capture and yields what it prints. One that is cut short is read up to there, and why is told. */
export async function* tsharkLines(
  args: readonly string[],
  onCut: (why: string) => void = () => undefined,
): AsyncGenerator<string[]> {
  try {
    yield* toolLines('tshark', args);
  } catch (error) {
    if (!isCutShort(error)) throw error;
    onCut(error.said);
  }
}

/**
 * Arguments to read fields of every frame, a line a frame, with nothing dissected but these protocols: that takes half
 * the time, and memory that does not grow. Numbers of frames begin again now and then, so the lines are to be counted.
 */
export function leanArguments(
  file: string,
  { protocols, fields }: { readonly protocols: readonly string[]; readonly fields: readonly string[] },
): string[] {
  return [
    ...['-n', '-r', file, '-M', String(FORGET_AFTER), '--disable-all-protocols'],
    ...protocols.flatMap((name) => ['--enable-protocol', name]),
    ...['-o', 'tcp.analyze_sequence_numbers:FALSE', '-T', 'fields'],
    ...fields.flatMap((field) => ['-e', field]),
  ];
}
