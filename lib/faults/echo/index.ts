import type { FaultNames } from '../fault-profile.ts';
import { faults } from './all.ts';
import type { EchoFault, Protocol } from './fault.ts';

export type FaultName = (typeof faults)[number]['name'] | 'none';

/** The defaults of the reference server. */
export const DEFAULT_PROFILE = 'loss=0.2,delay=0.2,corruption=0.2';

/** The names that a fault profile for both protocols may contain. */
export const faultNames: FaultNames<FaultName> = namesOf(faults);

export const faultNamesOf: Readonly<Record<Protocol, FaultNames<FaultName>>> = {
  tcp: namesOf(faults.filter(({ protocols }) => allows(protocols, 'tcp'))),
  udp: namesOf(faults.filter(({ protocols }) => allows(protocols, 'udp'))),
};

const byName = new Map<string, EchoFault>(faults.map((fault) => [fault.name, fault]));

/** Undefined for `none`, and for an unknown fault. */
export function faultCalled(name: string): EchoFault | undefined {
  return byName.get(name);
}

function allows(protocols: readonly Protocol[], protocol: Protocol): boolean {
  return protocols.includes(protocol);
}

function namesOf(some: readonly { readonly name: FaultName }[]): FaultNames<FaultName> {
  return { noun: 'fault', faults: some.map(({ name }) => name), rest: 'none' };
}
