import type { IpFrame } from '#analysis/capture/read-ip.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { endpoint } from '#lib/lab/ports.ts';
import { addressText, type Packet } from '#lib/packet/packet.ts';
import type { WirePacket } from './finding.ts';
import type { WireFlows } from './flows.ts';
import { copiesOf, isAltered } from './judge.ts';
import { isFragment, type Range } from './place.ts';
import type { Running } from './running.ts';
import { type Arrival, type Fate, isOf, type Sent } from './sent.ts';

/** What became of each packet of a frame of the sender, when no more of it is awaited. */
export function findings(sent: Sent, flows: WireFlows, running: Running): WirePacket[] {
  return partsOf(sent).flatMap((part) => {
    const fate = sent.fates.find(({ range }) => isOf(range, part));
    const arrivals = sent.arrivalsOf(part);
    const packets = flows.packetsIn(sent, part);
    const facts = { sent, part, fate, arrivals, packets };
    const [first] = arrivals;
    if (!first) return [missing(facts, running)];
    return [arrived(facts, first), ...again(facts)];
  });
}

interface Facts {
  readonly sent: Sent;
  readonly part: Range;
  readonly fate: Fate | undefined;
  readonly arrivals: readonly Arrival[];
  readonly packets: number;
}

/** The parts of a frame whose packets had different fortunes. A packet that was fragmented on the way is one part. */
function partsOf({ arrivals, fates, length }: Sent): Range[] {
  const isInside = (at: number) =>
    at > 0 &&
    at < length &&
    !fates.some(({ range, expected }) => expected.fragments > 0 && at > range.from && at < range.to);
  const ends = [...arrivals, ...fates.map(({ range }) => range)].flatMap(({ from, to }) => [from, to]);
  const cuts = [...new Set([0, ...ends.filter(isInside), length])].sort((one, other) => one - other);
  return cuts.slice(1).map((to, at) => ({ from: cuts[at]!, to }));
}

function missing({ sent, part, fate, packets }: Facts, running: Running): WirePacket {
  const receiver = sent.from === 'server' ? 'client' : 'server';
  const entry = fate && copiesOf(fate) === 0 ? (fate.drops.at(-1) ?? fate.entry) : undefined;
  // What no entry explains may still wait when a capture ends.
  const left = entry ? sent.frame.time : Math.max(sent.frame.time, sent.heldUntil);
  const due = left + (fate?.expected.delay ?? 0);
  // A kernel on the way may keep a fragment until it has all of its datagram.
  const isKept = entry === undefined && isFragment(sent.packet);
  const isExcused = isKept || running.excuseOf(sent.packet, receiver, [sent.frame.time, due]) !== undefined;
  const fortune = isExcused ? 'unknown' : 'lost';
  return packetOf(sent, part, { fortune, packets, entry });
}

function arrived({ sent, part, fate, packets }: Facts, first: Arrival): WirePacket {
  const isCut = fate !== undefined && fate.expected.fragments > 0;
  const isChanged = fate !== undefined && isAltered(fate);
  const fortune = isChanged || !(first.isSame || isCut) ? 'altered' : 'arrived';
  const isExplained = fortune === 'altered' ? isChanged : true;
  const entry = isExplained ? fate?.entry : undefined;
  return packetOf(sent, part, { fortune, packets, entry, arrival: first });
}

/** Further arrivals of the same packet. */
function again({ sent, part, fate, arrivals, packets }: Facts): WirePacket[] {
  const isCut = fate !== undefined && fate.expected.fragments > 0;
  const usual = isCut ? fate.expected.fragments : 1;
  const expected = fate ? Math.max(usual, copiesOf(fate)) : usual;
  return arrivals.slice(usual).map((arrival, at) => {
    const entry = usual + at < expected ? fate?.entry : undefined;
    return packetOf(sent, part, { fortune: 'twice', packets, entry, arrival });
  });
}

interface Fortunes extends Pick<WirePacket, 'fortune' | 'packets'> {
  readonly entry: WireDecision | undefined;
  readonly arrival?: Arrival;
}

function packetOf(sent: Sent, part: Range, { fortune, packets, entry, arrival }: Fortunes): WirePacket {
  const { from, frame, packet, heldUntil } = sent;
  const bytes = part.to - Math.max(part.from, Math.min(packet.payloadAt - packet.headerAt, part.to));
  return {
    ...{ kind: 'packet', fortune, packets, from, frame: frame.number, entry },
    ...{ info: infoOf(packet, bytes), packet, time: frame.time },
    arrivedAs: arrival?.frame.number,
    isWhole: part.from === 0 && part.to === sent.length,
    took: arrival && arrival.frame.time - frame.time,
    isOvertaken: arrival?.isOvertaken ?? false,
    hasQueued: heldUntil > 0,
  };
}

/** Arrivals that nobody sent. */
export function straysOf(
  strays: readonly { readonly frame: IpFrame; readonly from: Host }[],
  running: Running,
): WirePacket[] {
  return strays.map(({ frame: { number, time, packet }, from }) => ({
    ...{
      kind: 'packet',
      packets: 1,
      from,
      frame: undefined,
      arrivedAs: number,
      entry: undefined,
      isWhole: true,
    },
    fortune: running.excuseOf(packet, from, [time, time]) === undefined ? 'stray' : 'unknown',
    ...{ info: infoOf(packet, packet.bytes.length - packet.payloadAt), packet, time },
    ...{ took: undefined, isOvertaken: false, hasQueued: false },
  }));
}

function infoOf(packet: Packet, bytes: number): string {
  const { source, sourcePort, destination, destinationPort, protocol } = packet;
  const end = (address: number, port: number) =>
    port > 0 ? endpoint(addressText(address), port) : addressText(address);
  const name = protocol === 'other' ? `IP protocol ${packet.bytes[9]}` : protocol.toUpperCase();
  return `${end(source, sourcePort)} → ${end(destination, destinationPort)} ${name}, ${bytes} bytes`;
}
