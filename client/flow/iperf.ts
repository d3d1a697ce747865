import * as v from 'valibot';

/** How `client flow` runs iperf3. */
export interface FlowTest {
  readonly address: string;
  readonly port: number;
  /** What ends the test: bytes of all flows together, or seconds. */
  readonly bytes: number | undefined;
  readonly seconds: number | undefined;
  readonly flows: number;
  /** The server sends. */
  readonly reverse: boolean;
  /** The congestion control of the sender; undefined for its default. */
  readonly congestion?: string | undefined;
}

/** How long the connection may take, in ms. A lost SYN is retransmitted after 1 s, and again after 2 s and 4 s. */
const CONNECT_MS = 15_000;

export function iperfArguments(test: FlowTest): string[] {
  const { address, port, bytes, seconds, flows, reverse, congestion } = test;
  return [
    ...['--client', address, '--port', `${port}`, '--json', '--connect-timeout', `${CONNECT_MS}`],
    // It looks at the end of an interval whether all bytes are sent.
    ...['--parallel', `${flows}`, '--interval', '0.1'],
    // A capture with a pattern in place of random bytes can be compressed, so what a student hands in is small.
    '--repeating-payload',
    ...(seconds === undefined ? ['--bytes', `${bytes}`] : ['--time', `${seconds}`]),
    ...(reverse ? ['--reverse'] : []),
    ...(congestion === undefined ? [] : ['--congestion', congestion]),
  ];
}

const totals = v.object({
  bytes: v.number(),
  seconds: v.number(),
  bits_per_second: v.number(),
});
const side = v.object({ ...totals.entries, socket: v.number(), retransmits: v.optional(v.number()) });

/** The parts of the output of iperf3 that matter here. After an error, some are missing. */
const outputSchema = v.object({
  start: v.optional(
    v.object({
      connected: v.optional(v.array(v.object({ socket: v.number(), local_port: v.number() })), []),
    }),
  ),
  end: v.optional(
    v.object({
      streams: v.optional(v.array(v.object({ sender: v.optional(side), receiver: v.optional(side) })), []),
      sum_sent: v.optional(totals),
      sum_received: v.optional(totals),
    }),
  ),
  error: v.optional(v.string()),
});

export interface Totals {
  readonly bytes: number;
  readonly seconds: number;
  readonly bits_per_second: number;
}

export interface FlowResult extends Totals {
  readonly streams: readonly (Totals & { readonly client_port: number; readonly retransmissions?: number })[];
  readonly error?: string | undefined;
}

const NOTHING: Totals = { bytes: 0, seconds: 0, bits_per_second: 0 };

/** Reads the output of iperf3. The bytes are those that arrived, as far as the receiver could still say so. */
export function readResult(text: string): FlowResult {
  const { success, output } = v.safeParse(outputSchema, parsed(text));
  if (!success || !(output.end || output.error))
    return { ...NOTHING, streams: [], error: 'iperf3 printed no result' };
  const { start, end, error } = output;
  const ports = new Map(start?.connected.map((one) => [one.socket, one.local_port]));
  const streams = (end?.streams ?? []).flatMap(({ sender, receiver }) => {
    const arrived = whole(receiver, sender);
    const port = ports.get((sender ?? receiver)?.socket ?? -1);
    if (!arrived || port === undefined) return [];
    return [{ client_port: port, ...arrived, retransmissions: sender?.retransmits }];
  });
  const all = whole(end?.sum_received, end?.sum_sent) ?? NOTHING;
  return { ...all, streams, error: error === undefined ? undefined : wordsOf(error) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the receiver counted; or the sender, when the receiver could not be asked any more. */
function whole(received: Totals | undefined, sent: Totals | undefined): Totals | undefined {
  const own = received && received.bytes > 0 ? received : (sent ?? received);
  if (!own) return undefined;
  const { bytes, seconds, bits_per_second } = own;
  return { bytes, seconds: round(seconds), bits_per_second: Math.round(bits_per_second) };
}

/** iperf3 puts other words before the reason, and guesses into it. */
function wordsOf(error: string): string {
  return error
    .replace(/^(?:iperf3: )?(?:error - )?/, '')
    .replace(/ - server may have stopped.*etc\./, '')
    .trim();
}

/** Seconds with three decimals. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
