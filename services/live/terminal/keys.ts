/** What a key does in place of what the terminal would do with it. */
export type KeyMeaning = 'leave' | 'copy' | undefined;

type Key = Pick<KeyboardEvent, 'type' | 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

/**
 * Ctrl+Shift+. leaves the terminal, since Tab is for the shell. No program in a terminal can know this key: it has no
 * code there. Ctrl+Shift+C copies, as in other terminals.
 */
export function meaningOf({ type, key, code, ctrlKey, shiftKey, altKey, metaKey }: Key): KeyMeaning {
  if (type !== 'keydown' || !ctrlKey || !shiftKey || altKey || metaKey) return undefined;
  // With Shift, the key of the full stop has another sign on each keyboard.
  if (code === 'Period' || key === '.') return 'leave';
  return key.toLowerCase() === 'c' ? 'copy' : undefined;
}
