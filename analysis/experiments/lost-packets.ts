import type { Cause } from '#analysis/flows/facts.ts';
import type { WireMatch, WirePacket } from '#analysis/wire/finding.ts';
import { TCP_FLAGS } from '#lib/packet/packet.ts';
import { type ClientStream, clientStream } from './client-stream.ts';
import { type DemoExperiment, nothing, ofClient } from './experiment.ts';
import { bulk, echoClient, faults, profiles } from './steps.ts';
import { conditions, wire } from './wire-steps.ts';
import type { Carriage } from './wired.ts';

/** When a SYN is retransmitted at the earliest and, on a busy machine, at the latest, in seconds. */
const SYN_AGAIN = { from: 0.95, to: 1.5 };

export const lostSyn: DemoExperiment = {
  title: 'A lost SYN',
  expected:
    'the first SYN is in the capture of the client alone; the second one follows after 1 s and arrives',
  onWire: true,
  steps: (target) => [
    faults('tcp', profiles.wire),
    wire(conditions.lostSyn),
    echoClient(target, '--protocol', 'tcp', '--message', 'Hey'),
  ],
  evaluate(observations) {
    const carriage = observations.wired.under(conditions.lostSyn);
    const [first, second] = carriage?.packets.filter(isSyn) ?? [];
    if (!first || !second) return nothing('SYN that is sent twice');
    const waited = second.time - first.time;
    const isInTime = waited >= SYN_AGAIN.from && waited < SYN_AGAIN.to;
    return {
      agrees: first.fortune === 'lost' && second.fortune === 'arrived' && isInTime,
      seen:
        `frame ${first.frame} of the client ${fortune(first)}; ` +
        `frame ${second.frame}, ${waited.toFixed(2)} s later, ${fortune(second)}`,
      evidence: [
        ofClient(first, 'the first SYN, which the wire loses'),
        ofClient(second, `the second SYN, ${waited.toFixed(2)} s later`),
        { frame: observations.frame(second.arrivedAs), caption: 'the only SYN in the capture of the server' },
      ],
    };
  },
};

export const lostSegment: DemoExperiment = {
  title: 'Fast retransmit of segment 5',
  expected: 'duplicate ACKs or SACK blocks come back, and the lost segment is retransmitted before a timeout',
  onWire: true,
  steps: (target) => [wire(conditions.lostSegment), bulk(target)],
  evaluate(observations) {
    const found = lossIn(observations.wired.under(conditions.lostSegment), 'client');
    if (!found) return nothing('lost segment');
    const { loss, lost, stream, carriage } = found;
    const position = stream.positionOf(loss.entry.seq ?? 0);
    const again = stream.retransmitted.find(({ from, to }) => from <= position && to > position);
    const copy =
      again && carriage.packets.find(({ frame, from }) => from === 'client' && frame === again.frame);
    if (!again || !copy) return nothing('retransmission of the lost segment');
    const waited = copy.time - lost.time;
    const told = stream.acks.findLast(({ time }) => time <= copy.time);
    const arrived = carriage.packets.find(
      ({ from, arrivedAs }) => from === 'server' && arrivedAs === told?.frame,
    );
    return {
      agrees: loss.reason === 'lost' && again.cause === 'fast' && copy.fortune === 'arrived',
      seen:
        `a segment of ${loss.entry.payload} bytes in frame ${lost.frame} of the client is lost; ` +
        `frame ${again.frame}, ${waited.toFixed(2)} s later, retransmits it${WHY[again.cause]}`,
      evidence: [
        ofClient(lost, 'the lost segment; the frame may have several'),
        ...(arrived && told?.hasSack
          ? [
              ofClient(
                { ...arrived, frame: told.frame },
                'the last ACK before: its SACK blocks name what arrived after it',
              ),
            ]
          : []),
        ofClient(copy, `the segment again, ${waited.toFixed(2)} s later`),
      ],
    };
  },
};

const WHY: Readonly<Record<Cause, string>> = {
  fast: ' because of duplicate ACKs or SACK blocks',
  timeout: ' after a timeout',
  'tail-probe': ' as a tail probe',
  unclear: ', and no packet tells why',
};

export const lostAck: DemoExperiment = {
  title: 'A lost ACK',
  expected: 'the next ACK acknowledges the same bytes, so none of them is retransmitted',
  onWire: true,
  steps: (target) => [wire(conditions.lostAck), bulk(target)],
  evaluate(observations) {
    const found = lossIn(observations.wired.under(conditions.lostAck), 'server');
    if (!found) return nothing('lost ACK');
    const { loss, lost, stream, carriage } = found;
    const position = stream.positionOf(loss.entry.ack ?? 0);
    const next = stream.acks.find((ack) => ack.time > lost.time && ack.position >= position);
    const arrived = carriage.packets.find(
      ({ from, arrivedAs }) => from === 'server' && arrivedAs === next?.frame,
    );
    if (!next || !arrived) return nothing('ACK after the lost one');
    const again = stream.retransmitted.filter(({ from }) => from < position).length;
    return {
      agrees: loss.reason === 'lost' && position > 0 && again === 0,
      seen:
        `frame ${lost.frame} of the server acknowledges ${position} bytes and is lost; ` +
        `frame ${next.frame} of the client acknowledges ${next.position}; ` +
        `${again === 0 ? 'none' : again} of those bytes ${again === 0 ? 'is' : 'are'} retransmitted`,
      evidence: [
        {
          frame: observations.frame(lost.frame),
          caption: `the ACK of ${position} bytes, which the wire loses`,
        },
        ofClient({ ...arrived, frame: next.frame }, `the next one that arrives: ${next.position} bytes`),
      ],
    };
  },
};

interface Loss {
  readonly carriage: Carriage;
  readonly loss: WireMatch;
  /** The frame of the sender. */
  readonly lost: WirePacket;
  /** What the client sent on that connection. */
  readonly stream: ClientStream;
}

/** The first packet from a host that the wire lost. */
function lossIn(carriage: Carriage | undefined, host: 'client' | 'server'): Loss | undefined {
  const loss = carriage?.decisions.find(({ entry, from }) => from === host && entry.fault === 'loss');
  if (!carriage || !loss) return undefined;
  const { entry, sent } = loss;
  const lost = carriage.packets.find(({ from, frame }) => from === host && frame === sent?.number);
  const port = host === 'client' ? entry.source_port : entry.destination_port;
  const stream = clientStream(carriage, port ?? 0);
  return lost && stream && { carriage, loss, lost, stream };
}

function isSyn({ from, packet: { tcp } }: WirePacket): boolean {
  return from === 'client' && ((tcp?.flags ?? 0) & (TCP_FLAGS.syn | TCP_FLAGS.ack)) === TCP_FLAGS.syn;
}

function fortune({ fortune: what, arrivedAs }: WirePacket): string {
  if (what === 'lost') return 'is lost';
  return arrivedAs === undefined ? `is ${what}` : `arrives as frame ${arrivedAs} of the server`;
}
