/** The time as journals have it: ISO 8601, UTC, milliseconds. Within one millisecond it is formatted once. */
export function timestamps(now: () => Date): () => string {
  let formatted = Number.NaN;
  let text = '';
  return () => {
    const date = now();
    if (date.getTime() !== formatted) {
      formatted = date.getTime();
      text = date.toISOString();
    }
    return text;
  };
}
