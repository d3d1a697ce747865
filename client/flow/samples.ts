import type { FlowSample } from '#lib/journal/flow-schema.ts';
import { parseSocket, type SocketInfo } from './socket.ts';

export type Measured = Omit<FlowSample, 'flow'>;

/** A connection that has sent this much carries data. The connection by which iperf3 controls the test never does. */
const ENOUGH = 50_000;
/** At most this many samples of a connection wait until it is known what it carries. */
const WAITING = 2_000;

interface Known {
  readonly waiting: Measured[];
  carriesData: boolean;
}

/**
 * Turns the output of samples.sh into samples of the connections with data. The first samples of a connection wait until
 * it has sent enough.
 */
export class Samples {
  readonly #port: number;
  readonly #flows: number;
  readonly #known = new Map<number, Known>();
  #timestamp = '';

  /** @param port of the server @param flows how many connections have data */
  constructor(port: number, flows: number) {
    this.#port = port;
    this.#flows = flows;
  }

  /** Takes a line, and returns the samples that are complete with it. */
  take(line: string): Measured[] {
    const seconds = /^(\d{9,11}[.,]\d+)$/.exec(line)?.[1];
    if (seconds !== undefined) {
      this.#timestamp = new Date(Number(seconds.replace(',', '.')) * 1000).toISOString();
      return [];
    }
    const socket = this.#timestamp === '' ? undefined : parseSocket(line);
    const measured = socket && this.#measured(socket);
    if (!measured) return [];
    const { client_port: port } = measured;
    const known = this.#known.get(port) ?? this.#begin(port);
    if (known.carriesData) return [measured];
    known.carriesData = sentBy(socket) >= ENOUGH && this.#withData < this.#flows;
    if (!known.carriesData) {
      if (known.waiting.length < WAITING) known.waiting.push(measured);
      return [];
    }
    return [...known.waiting.splice(0), measured];
  }

  /** The samples that still wait, of the connections from these ports. */
  rest(ports: readonly number[]): Measured[] {
    return ports.flatMap((port) => this.#known.get(port)?.waiting.splice(0) ?? []);
  }

  get #withData(): number {
    return this.#known.values().reduce((sum, { carriesData }) => sum + Number(carriesData), 0);
  }

  #begin(port: number): Known {
    const known: Known = { waiting: [], carriesData: false };
    this.#known.set(port, known);
    return known;
  }

  #measured({ state, localPort, peerPort, congestion, values, rtt, deliveryRate }: SocketInfo) {
    const cwnd = values.get('cwnd');
    if (state.startsWith('SYN') || cwnd === undefined) return undefined;
    const of = (name: string) => values.get(name) ?? 0;
    const sample: Measured = {
      timestamp: this.#timestamp,
      event: 'sample',
      client_port: peerPort === this.#port ? localPort : peerPort,
      congestion,
      mss: of('mss'),
      cwnd,
      ssthresh: values.get('ssthresh'),
      rtt_ms: rtt?.[0],
      rttvar_ms: rtt?.[1],
      rto_ms: values.get('rto'),
      bytes_acked: of('bytes_acked'),
      bytes_retransmitted: of('bytes_retrans'),
      unacked: of('unacked'),
      lost: of('lost'),
      sacked: of('sacked'),
      delivery_rate: deliveryRate,
    };
    return sample;
  }
}

function sentBy({ values }: SocketInfo): number {
  return Math.max(values.get('bytes_sent') ?? 0, values.get('bytes_received') ?? 0);
}
