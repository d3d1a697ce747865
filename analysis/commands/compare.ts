import { upToHere } from '#analysis/capture/capture-info.ts';
import { compareHosts } from '#analysis/compare/compare-hosts.ts';
import type { Compared, PacketFact } from '#analysis/compare/compared.ts';
import type { Run } from '#lib/journal/run.ts';

export interface CompareParts {
  readonly folder: string;
  readonly run: Run;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** `make inspect COMPARE=1`: returns the exit code. */
export async function compareCaptures({ folder, run, json, print }: CompareParts): Promise<number> {
  const compared = await compareHosts(folder, run);
  print(json ? JSON.stringify(compared) : describe(compared));
  return 0;
}

function describe({
  arrived,
  unknown,
  neverArrived,
  altered,
  late,
  twice,
  inAll,
  retransmissions,
  oneWay,
  cut,
  without,
}: Compared): string {
  const times =
    oneWay &&
    `one way in ${micro(oneWay.median)} (median), ${micro(oneWay.p99)} (99 %), ${micro(oneWay.longest)} (longest)`;
  return [
    `${arrived} packets arrived unchanged${times ? `, ${times}` : ''}`,
    ...(unknown > 0 ? [`${unknown} may have arrived: the other capture lacks packets of that time`] : []),
    ...list('never arrived', inAll.neverArrived, neverArrived),
    ...list('arrived altered', inAll.altered, altered),
    ...list('arrived late', inAll.late, late),
    ...list('arrived twice', inAll.twice, twice),
    `${retransmissions} were retransmitted by their sender`,
    ...without.map((host) => `The ${host}'s capture has no packet between the two hosts.`),
    ...cut.map(upToHere),
  ].join('\n');
}

function list(what: string, count: number, facts: readonly PacketFact[]): string[] {
  const rows = facts.map(({ from, frame, arrivedAs, info, took }) => {
    const to = from === 'server' ? 'client' : 'server';
    const arrival =
      arrivedAs === undefined ? '' : `, frame ${arrivedAs} of the ${to}, ${micro(took ?? 0)} later`;
    return `  frame ${frame} of the ${from}${arrival}: ${info}`;
  });
  const more = count - facts.length;
  return [`${count} ${what}`, ...rows, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function micro(seconds: number): string {
  return seconds < 0.01 ? `${(seconds * 1e6).toFixed(0)} µs` : `${(seconds * 1e3).toFixed(1)} ms`;
}
