/** A space that keeps a number and its unit on one line. */
const SPACE = '\u00a0';

/** Numbers as a language writes them. */
export class Figures {
  readonly #language: string;
  readonly #formats = new Map<number, Intl.NumberFormat>();

  constructor(language: string) {
    this.#language = language;
  }

  /** A number with this count of digits after the point. */
  number(value: number, digits = 0): string {
    const known =
      this.#formats.get(digits) ??
      new Intl.NumberFormat(this.#language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    this.#formats.set(digits, known);
    return known.format(value);
  }

  /** A share of 1 as `20 %`, with a digit after the point where it matters. */
  percent(share: number): string {
    if (!Number.isFinite(share)) return '–';
    const value = 100 * share;
    const digits = Number.isInteger(Math.round(value * 10) / 10) || value >= 10 ? 0 : 1;
    return `${this.number(value, digits)}${SPACE}%`;
  }

  /** A share of 1 that somebody has set, with all of its digits: `12.5 %`. */
  exactPercent(share: number): string {
    const digits = [0, 1, 2].find((count) => Math.abs(share - Number(share.toFixed(count + 2))) < 1e-9) ?? 3;
    return `${this.number(100 * share, digits)}${SPACE}%`;
  }

  /** A time in the unit that suits it: `412 µs`, `1.2 ms`, `2.99 s`, `12 min 30 s`. */
  duration(seconds: number): string {
    if (!Number.isFinite(seconds)) return '–';
    if (seconds < 0) return `−${this.duration(-seconds)}`;
    if (seconds < 0.000_999_5) return `${this.number(seconds * 1e6)}${SPACE}µs`;
    if (seconds < 0.099_95) return `${this.number(seconds * 1e3, 1)}${SPACE}ms`;
    if (seconds < 0.999_5) return `${this.number(seconds * 1e3)}${SPACE}ms`;
    if (seconds < 99.95) return `${this.number(seconds, seconds < 9.995 ? 2 : 1)}${SPACE}s`;
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}${SPACE}min ${whole % 60}${SPACE}s`;
  }

  /** `192 B`, `64.0 kB`, `10.5 MB`. */
  bytes(count: number): string {
    if (count < 10_000) return `${this.number(count)}${SPACE}B`;
    if (count < 1e6) return `${this.number(count / 1e3, 1)}${SPACE}kB`;
    return `${this.number(count / 1e6, 1)}${SPACE}MB`;
  }

  /** A rate of bytes as bits: `84 kbit/s`. */
  rate(bytesPerSecond: number): string {
    const bits = 8 * bytesPerSecond;
    if (bits < 1e3) return `${this.number(bits)}${SPACE}bit/s`;
    if (bits < 1e6) return `${this.number(bits / 1e3, bits < 1e4 ? 1 : 0)}${SPACE}kbit/s`;
    if (bits < 1e9) return `${this.number(bits / 1e6, 1)}${SPACE}Mbit/s`;
    return `${this.number(bits / 1e9, 2)}${SPACE}Gbit/s`;
  }

  /** The time of day, to the millisecond. */
  clock(seconds: number): string {
    const time = new Date(seconds * 1000);
    const two = (value: number) => String(value).padStart(2, '0');
    const digits = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
    return `${digits}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  }
}
