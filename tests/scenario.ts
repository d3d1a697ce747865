import type { EchoEntry, Protocol } from './journal-entries.ts';
import type { Ended, Lab } from './lab.ts';

/** A frame of an exchange with data; over TLS one record, and a frame may have several. */
export interface Frame {
  readonly protocol: Protocol;
  /** The client's port, which identifies the exchange. */
  readonly port: number;
  readonly payload: Buffer;
  /** When it was captured, in ms since 1970. */
  readonly at: number;
}

// Wireshark calls a quick retransmission out of order, and nothing else is out of order on this wire.
export const RETRANSMITTED = [
  'retransmission',
  'fast_retransmission',
  'spurious_retransmission',
  'out_of_order',
].map((kind) => `tcp.analysis.${kind}`);

/** How an exchange with the echo server ended, with its journal entries and frames. */
export interface Played extends Ended {
  readonly protocol: Protocol;
  readonly entries: readonly EchoEntry[];
  readonly requests: readonly Frame[];
  readonly replies: readonly Frame[];
}

/**
 * Sets a profile, runs a client of the client host against the echo server over TCP and UDP at once, and reads the
 * journal and the capture.
 */
export async function play(
  lab: Lab,
  profile: string,
  client: (protocol: Protocol) => Promise<Ended>,
): Promise<[tcp: Played, udp: Played]> {
  const changed = await lab.faults('--profile', profile);
  if (changed.code !== 0) throw new Error(changed.stderr);
  const before = await lab.journal('echo');
  const [tcp, udp] = await Promise.all([client('tcp'), client('udp')]);
  const entries = decisions((await lab.journal('echo')).slice(before.length));
  // Since the change of the profile, because a port may be reused.
  const frames = await exchanges(lab, entries, Date.parse(before.at(-1)!.timestamp) / 1000);
  const of = (protocol: Protocol) => {
    const own = <Item extends { protocol: Protocol }>(all: readonly Item[]) =>
      all.filter((item) => item.protocol === protocol);
    return {
      protocol,
      entries: own(entries),
      requests: own(frames.requests),
      replies: own(frames.replies),
    };
  };
  return [
    { ...tcp, ...of('tcp') },
    { ...udp, ...of('udp') },
  ];
}

/** The entries of messages, without events. */
export function decisions(entries: readonly EchoEntry[]): EchoEntry[] {
  return entries.filter((entry) => 'fault' in entry);
}

/** The result of an attempt of the client, as --json prints it. */
export interface Attempt {
  readonly result: string;
  readonly port?: number;
  readonly reply?: string;
}

/** The attempts of all messages that the client printed with --json. */
export function attemptsOf({ stdout }: Ended): Attempt[] {
  return stdout
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).attempts);
}

export const resultsOf = (ended: Ended): string[] => attemptsOf(ended).map(({ result }) => result);

/** The texts of frames. */
export function textsOf(frames: readonly Frame[]): string[] {
  return frames.map(({ payload }) => payload.toString());
}

/**
 * The delay of each answer in ms, in the journal and in the capture. Each client must wait for an answer before it sends
 * its next message.
 */
export function delaysOf({ entries, requests, replies }: Played): { journaled: number; captured: number }[] {
  return [...Map.groupBy(entries, ({ client_port }) => client_port)].flatMap(([client, own]) => {
    const [sent, answered] = [requests, replies].map((all) => all.filter(({ port }) => port === client));
    return own.map(({ delay_ms }, index) => ({
      journaled: delay_ms!,
      captured: answered![index]!.at - sent![index]!.at,
    }));
  });
}

/**
 * The frames with data of the exchanges that entries describe, in the order of the server host's capture, without
 * TCP's own retransmissions.
 */
export async function exchanges(
  lab: Lab,
  entries: readonly EchoEntry[],
  since = 0,
): Promise<Pick<Played, 'requests' | 'replies'>> {
  const filter = Array.from(
    new Set(entries.map(({ protocol, client_port }) => `${protocol}.port == ${client_port}`)),
  ).join(' || ');
  const rows = await lab.frames(
    'server',
    `(tcp && ${lab.saying} || udp) && !icmp && (${filter || 'tcp || udp'}) && frame.time_epoch >= ${since}`,
    ...['tcp.srcport', 'tcp.dstport', lab.said],
    ...['udp.srcport', 'udp.dstport', 'udp.payload', 'tcp.stream', 'tcp.seq', 'tcp.len', 'frame.time_epoch'],
  );
  const isFresh = freshness();
  const frames = rows.flatMap((fields) => {
    const [stream = '', seq, length] = fields.slice(-4);
    // A retransmitted segment may include a later FIN, so the sequence number after it is not compared.
    if (stream && !isFresh(`${stream} from ${fields[0]}`, Number(seq) + Number(length))) return [];
    const protocol = fields[0] ? ('tcp' as const) : ('udp' as const);
    const [source, destination, data = ''] = fields[0] ? fields.slice(0, 3) : fields.slice(3, 6);
    const at = Number(fields.at(-1)) * 1000;
    const isReply = source === lab.echoPortOf(protocol);
    const port = Number(isReply ? destination : source);
    const payloads = data.split(',').map((bytes) => Buffer.from(bytes, 'hex'));
    return payloads.map((payload) => ({ protocol, port, payload, at, isReply }));
  });
  return { requests: frames.filter((f) => !f.isReply), replies: frames.filter((f) => f.isReply) };
}

/** Whether a TCP segment has new bytes of its stream, by the number of the byte after it. */
function freshness(): (stream: string, next: number) => boolean {
  const ends = new Map<string, number>();
  return (stream, next) => {
    const isFresh = next > (ends.get(stream) ?? 0);
    if (isFresh) ends.set(stream, next);
    return isFresh;
  };
}
