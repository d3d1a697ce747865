import { flowFact, flowOf } from '../measures/flows.ts';
import type { flowFacts } from '../sheet/schema.ts';
import type { Check } from './check.ts';

/** A TCP flow did what the sheet asks for. */
export const flow: Check<'flow'> = async ({ question: { atLeast, atMost, flow: wanted }, evidence }) => {
  const found = await flowOf(evidence, wanted);
  if (!found) return { state: 'not-yet', reason: 'your captures have no such flow yet' };
  const { firstFrame, retransmitted, sender } = found;
  const numbers = [firstFrame, ...retransmitted.map(({ frame }) => frame)];
  const frames = numbers.map((number) => ({ capture: sender, number }));
  const fact = (of: string) => flowFact(found, of as (typeof flowFacts)[number]);
  const missed = [...below(atLeast, fact), ...above(atMost, fact)];
  if (missed.length === 0) return { state: 'done', reason: `the flow from ${found.began} did that`, frames };
  const shown = missed.map((of) => `${of} ${fact(of) ?? 'unknown'}`).join(', ');
  return { state: 'not-yet', reason: `the flow from ${found.began} is another one: ${shown}`, frames };
};

type Bounds = Readonly<Record<string, number | undefined>>;
type Fact = (of: string) => number | string | undefined;

/** The figures that are not at least that large, or that the packets do not show. */
function below(bounds: Bounds, fact: Fact): string[] {
  return Object.keys(bounds).filter((of) => !(Number(fact(of)) >= Number(bounds[of])));
}

function above(bounds: Bounds, fact: Fact): string[] {
  return Object.keys(bounds).filter((of) => !(Number(fact(of)) <= Number(bounds[of])));
}
