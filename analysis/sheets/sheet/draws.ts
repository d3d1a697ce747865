import type { Run } from '#lib/journal/run.ts';
import { checksum } from '#lib/message/message.ts';
import { below, Draws } from '#lib/runtime/random.ts';
import { type Assignment, labSeedOf, seedOf } from './assignment.ts';
import type { Draw, Sheet } from './schema.ts';
import { words } from './words.ts';

/** The values of the draws of a sheet, by name. */
export type Drawn = Readonly<Record<string, string | number>>;

/** Draws the values of a sheet for a student. Each has a stream of its own, so a new draw changes no other. */
export function drawsOf({ draws }: Pick<Sheet, 'draws'>, assignment: Assignment): Drawn {
  const seed = seedOf(assignment);
  const values: Record<string, string | number> = {};
  for (const [name, draw] of Object.entries(draws)) {
    values[name] = drawnAs(draw, new Draws(seed, `draw ${name}`), values);
  }
  return values;
}

function drawnAs(draw: Draw, draws: Draws, before: Drawn): string | number {
  if ('integer' in draw) {
    const { after, integer, step = 1 } = draw;
    const [from, to] = integer;
    const base = after === undefined ? 0 : Number(before[after]);
    return base + from + step * below(Math.floor((to - from) / step) + 1, draws.at(1));
  }
  if ('pick' in draw) return draw.pick[below(draw.pick.length, draws.at(1))]!;
  if ('checksum' in draw) return checksum(String(before[draw.checksum]));
  if ('order' in draw) return shuffled(draw.order, draws).join(draw.between ?? ',');
  return words[below(words.length, draws.at(1))]!;
}

/** Fisher and Yates. */
function shuffled(list: readonly string[], draws: Draws): string[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = below(last + 1, draws.at(result.length - last));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** All values that a sheet can use: what is drawn, and the addresses, ports and names of the run. */
export function valuesOf(
  sheet: Pick<Sheet, 'draws'>,
  assignment: Assignment,
  { addresses, ports }: Pick<Run, 'addresses' | 'ports'>,
): Drawn {
  return {
    ...drawsOf(sheet, assignment),
    ...{
      client: addresses.client,
      server: addresses.server,
      student: assignment.student,
      seed: labSeedOf(assignment),
    },
    ...{ http: ports.http, https: ports.https, echo: ports.echo, echo_tls: ports.echoTls },
  };
}
