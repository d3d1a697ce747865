import { type Direction, directions } from '../conditions/conditions.ts';
import { type PartName, partNames, typedName } from '../conditions/sides.ts';
import type { WireChange } from '../control.ts';

/** What a person typed: `LOSS=0.05`, `UP_DELAY=50ms`, `SEED=alice`, `RESET=1`. */
export interface Typed {
  readonly change: WireChange;
  readonly problems: readonly string[];
}

const SIDE = /^(UP|DOWN)_/;

export function readTyped(pairs: readonly string[]): Typed {
  const problems: string[] = [];
  const sides: Record<Direction, Partial<Record<PartName, string>>> = { up: {}, down: {} };
  let change: WireChange = sides;
  for (const pair of pairs) {
    const { name, value } = split(pair);
    const part = partNames.find((one) => typedName(one) === name.replace(SIDE, ''));
    if (part) for (const direction of directionsOf(name)) sides[direction][part] = value;
    else if (name === 'SEED') change = { ...change, seed: value };
    else if (name === 'RESET' && /^[01]$/.test(value)) change = { ...change, reset: value === '1' };
    else problems.push(name === 'RESET' ? `RESET is "${value}"; allowed: 0, 1` : noName(name));
  }
  return { change, problems };
}

function split(pair: string): { readonly name: string; readonly value: string } {
  const at = pair.indexOf('=');
  return at < 0 ? { name: pair, value: '' } : { name: pair.slice(0, at), value: pair.slice(at + 1) };
}

function directionsOf(name: string): readonly Direction[] {
  const [, side] = SIDE.exec(name) ?? [];
  return directions.filter((direction) => side === undefined || direction === side.toLowerCase());
}

function noName(name: string): string {
  const allowed = [...partNames.map(typedName), 'SEED', 'RESET'];
  return `there is no ${name}; allowed: ${allowed.join(', ')}, and UP_ or DOWN_ before a condition`;
}

/** A problem of the wire, with the name and the value that the person typed. */
export function asTyped(problem: string, pairs: readonly string[]): string {
  const [, part = '', words = ''] = /^(\w+): (.*)$/s.exec(problem) ?? [];
  const known = partNames.find((one) => one === part);
  const name = known ? typedName(known) : part.toUpperCase();
  const pair = pairs.map(split).find((one) => one.name.replace(SIDE, '') === name);
  if (pair) return `${pair.name} is "${pair.value}"; ${words}`;
  return known ? `${name}: ${words}` : problem;
}
