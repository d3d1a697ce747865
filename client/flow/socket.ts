/** What `ss -tinO` prints about a TCP socket. */
export interface SocketInfo {
  readonly state: string;
  readonly localPort: number;
  readonly peerPort: number;
  readonly congestion: string;
  /** The numbers in the line, by name, such as `cwnd` and `bytes_acked`. */
  readonly values: ReadonlyMap<string, number>;
  /** Round trip and its variation, in ms; undefined before the first. */
  readonly rtt: readonly [mean: number, variation: number] | undefined;
  /** Bits per second. */
  readonly deliveryRate: number | undefined;
}

/** `ESTAB 0 0 10.0.142.133:59946 10.0.28.182:5201 cubic wscale:…`. */
const LINE = /^([A-Z0-9-]+) +\d+ +\d+ +\S+:(\d+) +\S+:(\d+) +([a-z]\S*) (.*)$/;

/** Undefined for a line without the details of a socket. */
export function parseSocket(line: string): SocketInfo | undefined {
  const [, state = '', local, peer, congestion = '', rest = ''] = LINE.exec(line) ?? [];
  if (rest === '' || congestion.includes(':')) return undefined;
  const values = new Map(
    Array.from(rest.matchAll(/(?<=^| )([a-z_]+):(\d+(?:\.\d+)?)(?=$| )/g), ([, name, value]) => [
      name!,
      Number(value),
    ]),
  );
  const [, mean, variation] = /(?<=^| )rtt:([\d.]+)\/([\d.]+)/.exec(rest) ?? [];
  const [, rate] = /(?<=^| )delivery_rate (\d+)bps/.exec(rest) ?? [];
  return {
    ...{ state, congestion, values },
    localPort: Number(local),
    peerPort: Number(peer),
    rtt: mean === undefined ? undefined : [Number(mean), Number(variation)],
    deliveryRate: rate === undefined ? undefined : Number(rate),
  };
}
