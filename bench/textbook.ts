import type { ModeName } from '#lib/transfer/kinds.ts';

// The formulas of textbooks for the three protocols. The books use different letters. Here:
//
//    W      segments in a window
//    p      the chance that a segment must be retransmitted
//    rate   segments per second that the wire carries, as measured
//    trip   the round trip with the segment's own time on the wire, in seconds, as measured

export interface Wire {
  /** Segments per second. */
  readonly rate: number;
  /** From a segment to its ACK, in seconds. */
  readonly trip: number;
}

/** The chance that a datagram is lost, in one direction. */
export type Loss = number;

/** The share of the payload in a datagram. */
export function payloadShare(payload: number, header: number): number {
  return payload / (payload + header);
}

/**
 * The chance that a segment must be retransmitted, when ACKs are lost as often as data.
 *
 * With stop-and-wait and selective repeat, a round trip fails when either of the two is lost (Leon-Garcia and Widjaja,
 * Communication Networks, section 5.2). With go-back-N, an ACK acknowledges all earlier segments too. So the loss of
 * one costs nothing as long as one of the W ACKs on the way arrives. With a window of 1, the chance is that of
 * stop-and-wait; with a large window, it is that of the data alone.
 */
export function failure(mode: ModeName, window: number, loss: Loss): number {
  const noAck = mode === 'go-back-n' ? loss ** window : loss;
  return 1 - (1 - loss) * (1 - noAck);
}

/**
 * The share of sent segments that arrive, without headers. It is 1 - p. With go-back-N, each loss costs W
 * retransmissions, so it is (1 - p) / (1 - p + W p) (Stallings, Data and Computer Communications, appendix on ARQ).
 * Bertsekas and Gallager (Data Networks, section 2.4) and Leon-Garcia and Widjaja have the same formula.
 */
export function efficiency(mode: ModeName, window: number, loss: Loss): number {
  const p = failure(mode, window, loss);
  return mode === 'go-back-n' ? (1 - p) / (1 - p + window * p) : 1 - p;
}

/**
 * Segments per second without a loss: the rate of the wire times the utilisation W (L/R) / (RTT + L/R), at most 1
 * (Kurose and Ross, section 3.4.2).
 */
function lossless(window: number, { rate, trip }: Wire): number {
  return Math.min(rate, window / trip);
}

/**
 * Segments per second that arrive: the utilisation times the efficiency (Stallings; Tanenbaum, Computer Networks,
 * section 3.4). The timeout of these formulas is the round trip itself, so waiting for it costs nothing more.
 */
export function arrivals(mode: ModeName, window: number, loss: Loss, wire: Wire): number {
  return lossless(window, wire) * efficiency(mode, window, loss);
}

/**
 * Segments per second that arrive when the sender is idle until a timeout of T seconds.
 *
 * With stop-and-wait, each segment takes trip + T p / (1 - p) (Bertsekas and Gallager, section 2.4.1). No book has the
 * other two; they are derived in the same way. Go-back-N waits for T once for each loss. In selective repeat, the
 * timeouts of a window pass together. So it waits as often as the unluckiest of its W segments must be retransmitted.
 */
export function arrivalsWithTimeout(
  mode: ModeName,
  window: number,
  loss: Loss,
  { timeout, ...wire }: Wire & { readonly timeout: number },
): number {
  const p = failure(mode, window, loss);
  const waits = mode === 'selective-repeat' ? mostFailures(window, p) / window : p / (1 - p);
  return 1 / (1 / lossless(window, wire) + timeout * waits);
}

/** How often, on average, the unluckiest of a number of segments fails. */
function mostFailures(segments: number, p: number): number {
  let sum = 0;
  for (let times = 1; times < 1_000 && p ** times > 1e-9; times += 1) sum += 1 - (1 - p ** times) ** segments;
  return sum;
}
