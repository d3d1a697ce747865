/** The time in the form of journals: ISO 8601, UTC, with milliseconds. It is formatted once per millisecond. */
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
