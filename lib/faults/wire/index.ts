import type { FaultNames } from '../fault-profile.ts';
import { faults } from './all.ts';
import type { WireFault } from './fault.ts';

/** The names that a fault profile of the wire may contain. */
export type DrawnName = Extract<(typeof faults)[number], { readonly isDrawn: true }>['name'] | 'none';

/** The faults to which a fault profile gives a probability. */
export const drawnNames: FaultNames<DrawnName> = {
  noun: 'fault',
  faults: faults.filter((fault) => fault.isDrawn).map(({ name }) => name),
  rest: 'none',
};

/** The stream of draws for something that is decided about the packets of a flow in a direction, such as `fault`. */
export function streamOf(direction: 'up' | 'down', what: string, flow: string): string {
  return `wire ${direction} ${what} ${flow}`;
}

const byName = new Map<string, WireFault>(faults.map((fault) => [fault.name, fault]));
/** An MTU is a limit of the wire, and nothing that happens to a numbered packet. */
const inScripts: readonly WireFault[] = faults.filter(({ name }) => name !== 'mtu');
const byVerb = new Map(inScripts.map((fault) => [fault.verb, fault]));

/** Undefined for `none`, and for an unknown fault. */
export function wireFaultCalled(name: string): WireFault | undefined {
  return byName.get(name);
}

/** The fault that a script calls by this verb. Undefined for an unknown verb. */
export function wireFaultFor(verb: string): WireFault | undefined {
  return byVerb.get(verb);
}

/** The verbs of a script. */
export const wireVerbs: readonly string[] = inScripts.map(({ verb }) => verb);
