import { upToHere } from '#analysis/capture/capture-info.ts';
import { compareHosts } from '#analysis/compare/compare-hosts.ts';
import type { Compared, PacketFact, WireCompared } from '#analysis/compare/compared.ts';
import type { Explained } from '#analysis/compare/explained.ts';
import { describeCounts } from '#analysis/wire/counts.ts';
import { wireReasons } from '#analysis/wire/reasons.ts';
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

function describe(compared: Compared): string {
  return compared.wire ? describeWithWire(compared, compared.wire) : describeNetwork(compared);
}

function describeNetwork({
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
  return [
    ...arrivals({ arrived, unknown, oneWay }),
    ...list('never arrived', inAll.neverArrived, neverArrived),
    ...list('arrived altered', inAll.altered, altered),
    ...list('arrived late', inAll.late, late),
    ...list('arrived twice', inAll.twice, twice),
    `${retransmissions} were retransmitted by their sender`,
    ...endOf({ without, cut }),
  ].join('\n');
}

function arrivals({ arrived, unknown, oneWay }: Pick<Compared, 'arrived' | 'unknown' | 'oneWay'>): string[] {
  const times =
    oneWay &&
    `one way in ${micro(oneWay.median)} (median), ${micro(oneWay.p99)} (99 %), ${micro(oneWay.longest)} (longest)`;
  return [
    `${arrived} packets arrived unchanged${times ? `, ${times}` : ''}`,
    ...(unknown > 0 ? [`${unknown} may have arrived: the other capture lacks packets of that time`] : []),
  ];
}

function endOf({ without, cut }: Pick<Compared, 'without' | 'cut'>): string[] {
  return [
    ...without.map((host) => `The ${host}'s capture has no packet between the two hosts.`),
    ...cut.map(upToHere),
  ];
}

/** With a wire, only packets without an entry are listed: all others are in its journal. */
function describeWithWire(compared: Compared, wire: WireCompared): string {
  const { altered, neverArrived, twice } = compared;
  const { decisions, missed, refused } = wire;
  return [
    ...arrivals(compared),
    ...explained('lost on the way', wire.lost, neverArrived),
    ...explained('arrived altered', wire.altered, altered),
    ...explained('arrived twice', wire.twice, twice),
    ...explained('arrived after a later one', wire.overtaken, wire.overtakenPackets),
    lateLine(wire.late),
    ...(wire.stray.all > 0 ? explained('arrived and were never sent', wire.stray, wire.strayPackets) : []),
    `${compared.retransmissions} were retransmitted by their sender`,
    ...(missed > 0 ? [`${missed} were dropped by the kernel before the wire read them`] : []),
    ...(refused > 0 ? [`${refused} were refused by the kernel when the wire forwarded them`] : []),
    describeCounts(decisions),
    ...wire.contradicted.map(
      ({ id, decision, reason, host, frame }) =>
        `! ${frame === undefined ? 'no frame' : `frame ${frame} of the ${host}`}: ${decision}, ${wireReasons[reason].meaning}; wire.log entry ${id}`,
    ),
    ...endOf(compared),
  ].join('\n');
}

/** A busy machine makes packets late too, and has no entry. */
function lateLine({ all, by, without }: Explained): string {
  const causes = [...causesOf(by), ...(without > 0 ? [`${without} for other reasons`] : [])];
  return `${all} arrived late${causes.length > 0 ? `: ${causes.join(', ')}` : ''}`;
}

function causesOf(by: Explained['by']): string[] {
  return Object.entries(by).map(
    ([why, count]) => `${count} ${why === 'queue' ? 'in the queue' : `by ${why}`}`,
  );
}

function explained(what: string, { all, by, without }: Explained, facts: readonly PacketFact[]): string[] {
  const named = facts.filter(({ why }) => why === undefined);
  const [, ...rows] = list('', without, named);
  const parts = [causesOf(by).join(', '), `${without} without an entry`].filter((part) => part !== '');
  return [`${all} ${what}: ${parts.join('; ')}`, ...rows];
}

function list(what: string, count: number, facts: readonly PacketFact[]): string[] {
  const rows = facts.map(({ from, frame, arrivedAs, info, took }) => {
    const to = from === 'server' ? 'client' : 'server';
    if (frame === undefined) return `  frame ${arrivedAs} of the ${to}: ${info}`;
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
