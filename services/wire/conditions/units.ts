/** A value with a unit, as a person types it: `50ms`, `10mbit`, `64kB`. Undefined when the text is none. */
export interface Unit {
  readonly allowed: string;
  parse(text: string): number | undefined;
  format(value: number): string;
}

/** The longest time that a person can set, in ms. */
export const LONGEST_MS = 60_000;

/** In ms. */
export const time: Unit = units({ ms: 1, s: 1_000 }, 'a time such as 50ms or 1.5s');
/** In bits per second. */
export const rate: Unit = units(
  { bit: 1, kbit: 1_000, mbit: 1_000_000, gbit: 1_000_000_000 },
  'a rate such as 500kbit or 10mbit',
);
/** In bytes. */
export const size: Unit = units({ B: 1, kB: 1_000, MB: 1_000_000 }, 'a size such as 1500B or 64kB');

/** The decimals that count. The rest is what multiplying leaves. */
const DECIMALS = 3;
/** The decimal digits that a number keeps. */
const DIGITS = 15;

function units(factors: Readonly<Record<string, number>>, allowed: string): Unit {
  const largestFirst = Object.entries(factors).sort(([, a], [, b]) => b - a);
  return {
    allowed,
    parse(text) {
      const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(text) ?? [];
      const name = [unit, unit.toLowerCase()].find((one) => Object.hasOwn(factors, one));
      if (number === undefined || name === undefined) return undefined;
      return Number((Number(number) * factors[name]!).toFixed(DECIMALS));
    },
    format(value) {
      const [unit, factor] = largestFirst.find(([, one]) => value >= one) ?? largestFirst.at(-1)!;
      return `${Number((value / factor).toPrecision(DIGITS))}${unit}`;
    },
  };
}
