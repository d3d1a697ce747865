import type { WirePacket } from '#analysis/wire/finding.ts';
import { median } from '#lib/text/figures.ts';
import { type DemoExperiment, type InClient, nothing, ofClient } from './experiment.ts';
import type { Target } from './steps.ts';
import { conditions, QUEUE_BYTES, QUEUE_RATE, wire } from './wire-steps.ts';
import type { Carriage } from './wired.ts';

/** How long a full queue takes, in seconds. */
const FULL = (8 * QUEUE_BYTES) / QUEUE_RATE;
/** The least share of it that the longest round trip has, and how much longer it is on a busy machine, in seconds. */
const SHARE = 0.75;
const LATE = 0.5;

/** Types of an ICMP echo (RFC 792). */
const [REPLY, REQUEST] = [0, 8];

export const longQueue: DemoExperiment = {
  title: 'A queue that is too long',
  expected: `beside a flow, a round trip grows by the time in the queue: ${QUEUE_BYTES / 1_000} kB at ${QUEUE_RATE / 1_000} kbit/s take ${FULL} s`,
  onWire: true,
  steps: (target) => [
    wire(conditions.longQueue),
    ['client', ...ping(target, '-c', '10')],
    ['begin', ...ping(target, '-w', '60')],
    // Reno has no early end of slow start, so it fills the queue.
    ['flow', 'reno', '--seconds', '3'],
    ['end'],
  ],
  evaluate(observations) {
    const carriage = observations.wired.under(conditions.longQueue);
    const [alone, beside] = carriage ? roundTrips(carriage) : [];
    if (!alone?.length || !beside?.length) return nothing('ping beside a flow');
    const usual = median(alone.map(({ seconds }) => seconds));
    const longest = beside.reduce((one, other) => (other.seconds > one.seconds ? other : one));
    const grown = longest.seconds - usual;
    return {
      agrees: grown >= SHARE * FULL && grown < FULL + LATE,
      seen:
        `${inMs(usual)} alone; beside the flow at most ${inMs(longest.seconds)}, ` +
        `from frame ${longest.request.frame} to frame ${longest.reply.frame} of the client`,
      evidence: [
        ofClient(longest.request, 'the echo request'),
        ofClient(longest.reply, `its reply, ${inMs(longest.seconds)} later`),
      ],
    };
  },
};

function ping({ server }: Target, ...until: string[]): string[] {
  return ['ping', '-n', '-q', '-i', '0.1', ...until, server];
}

interface RoundTrip {
  readonly seconds: number;
  readonly request: InClient;
  readonly reply: InClient;
}

/** The round trips of each ping, in order. */
function roundTrips({ packets }: Carriage): RoundTrip[][] {
  const replies = new Map<string, WirePacket & { readonly took: number }>();
  for (const packet of packets) {
    const { from, took } = packet;
    if (from === 'server' && took !== undefined && isEcho(packet, REPLY)) {
      replies.set(echoOf(packet), { ...packet, took });
    }
  }
  const requests = packets.filter((packet) => packet.from === 'client' && isEcho(packet, REQUEST));
  return [...Map.groupBy(requests, ({ packet }) => packet.icmp!.identifier).values()].map((own) =>
    own.flatMap((request) => {
      const reply = replies.get(echoOf(request));
      return reply ? [tripOf(request, reply)] : [];
    }),
  );
}

function tripOf(request: WirePacket, reply: WirePacket & { readonly took: number }): RoundTrip {
  return {
    seconds: reply.time + reply.took - request.time,
    request,
    reply: { frame: reply.arrivedAs, info: reply.info },
  };
}

function isEcho({ packet: { icmp } }: WirePacket, type: number): boolean {
  return icmp?.type === type;
}

function echoOf({ packet: { icmp } }: WirePacket): string {
  return `${icmp?.identifier} ${icmp?.sequence}`;
}

function inMs(seconds: number): string {
  return `${Math.round(seconds * 1_000)} ms`;
}
