const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `1,234`. */
export function count(number: number): string {
  return grouped.format(number);
}

/** `1 frame`, `1,234 frames`. */
export function counted(number: number, one: string, more = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : more}`;
}

/** `Plain text`. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A share of 1, `20.0 %`. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)}${SPACE}%` : '–';
}

/** A space that keeps a number and its unit on one line. */
const SPACE = '\u00a0';

/** A time in the unit that suits it: `412 µs`, `1.2 ms`, `2.990 s`, `12 min 30 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds < 0.000_999_5) return `${Math.round(seconds * 1e6)}${SPACE}µs`;
  if (seconds < 0.099_95) return `${(seconds * 1e3).toFixed(1)}${SPACE}ms`;
  if (seconds < 99.95) return `${seconds.toFixed(seconds < 9.9995 ? 3 : 2)}${SPACE}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}${SPACE}min ${whole % 60}${SPACE}s`;
}

/** The value in the middle, or the mean of the two in the middle. NaN when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
