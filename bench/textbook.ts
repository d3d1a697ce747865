import type { ModeName } from '#lib/transfer/kinds.ts';

// What textbooks say of the three protocols, as functions. Where the books differ in their letters, ours are:
// W segments in a window, p the chance that a segment has to be sent again, `rate` the segments a second that the
// wire carries, `trip` the round trip with the segment's own time on the wire, in seconds, as both are measured.

export interface Wire {
  /** Segments a second. */
  readonly rate: number;
  /** From a segment until its ack, in seconds. */
  readonly trip: number;
}

/** Chances that a datagram is lost, one way. */
export type Loss = number;

/** The share of a datagram that is not header. */
export function payloadShare(payload: number, header: number): number {
  return payload / (payload + header);
}

/**
 * The chance that a segment has to be sent again, the acks being lost as often as the data.
 *
 * With stop-and-wait and selective repeat a round trip fails when either is lost (Leon-Garcia and Widjaja,
 * Communication Networks, section 5.2). An ack of go-back-n stands for those before it too, so its loss costs nothing
 * as long as one of the W acks under way arrives: with a window of 1 the chance is that of stop-and-wait, with a
 * large one that of the data alone.
 */
export function failure(mode: ModeName, window: number, loss: Loss): number {
  const noAck = mode === 'go-back-n' ? loss ** window : loss;
  return 1 - (1 - loss) * (1 - noAck);
}

/**
 * Segments that arrive for each that is sent, without headers: 1 - p, and of go-back-n, of which each loss sends W
 * segments again, (1 - p) / (1 - p + W p) (Stallings, Data and Computer Communications, appendix on ARQ; the same in
 * Bertsekas and Gallager, Data Networks, section 2.4, and Leon-Garcia and Widjaja).
 */
export function efficiency(mode: ModeName, window: number, loss: Loss): number {
  const p = failure(mode, window, loss);
  return mode === 'go-back-n' ? (1 - p) / (1 - p + window * p) : 1 - p;
}

/**
 * Segments a second without a loss: the rate of the wire times the utilisation W (L/R) / (RTT + L/R), at most 1
 * (Kurose and Ross, section 3.4.2).
 */
function lossless(window: number, { rate, trip }: Wire): number {
  return Math.min(rate, window / trip);
}

/**
 * Segments a second that arrive: the utilisation times the efficiency (Stallings; Tanenbaum, Computer Networks,
 * section 3.4). The time-out of these formulas is the round trip itself: to wait for it costs nothing more.
 */
export function arrivals(mode: ModeName, window: number, loss: Loss, wire: Wire): number {
  return lossless(window, wire) * efficiency(mode, window, loss);
}

/**
 * Segments a second that arrive when the sender is idle until a time-out of T seconds. Of stop-and-wait each takes
 * trip + T p / (1 - p) (Bertsekas and Gallager, section 2.4.1). The others are put together in the same way, which is
 * ours and in no book: go-back-n waits for T once for each loss; selective repeat as often as the unluckiest of the
 * W segments of a window has to be sent again, as their time-outs pass together.
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

/** How often, on average, the unluckiest of so many segments fails. */
function mostFailures(segments: number, p: number): number {
  let sum = 0;
  for (let times = 1; times < 1_000 && p ** times > 1e-9; times += 1) sum += 1 - (1 - p ** times) ** segments;
  return sum;
}
