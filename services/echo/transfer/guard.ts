import { hmacKey, refusals } from '#lib/message/hmac.ts';
import { type Datagram, hmacLength, hmacProblem, type Signature } from '#lib/transfer/datagram.ts';

/** How old an OPEN may be, or how far ahead of the server's clock, in ms. */
const FRESH_MS = 30_000;
/** How long the id of an OPEN is kept: until none with its time, which may lie ahead, is fresh any more. */
const KEPT_MS = 2 * FRESH_MS;
/** How many ids are kept. No more transfers are opened within that time. */
const MOST_KEPT = 65_536;

export interface TransferGuardParts {
  /** What clients sign with; without one, or with an empty one, nothing is signed. */
  readonly token?: string | undefined;
  readonly now: () => Date;
}

/** Why something is refused. */
export interface Refusal {
  /** As the journal has it. */
  readonly reason: string;
  /** As the client is told, when that is more. */
  readonly told?: string;
}

const NO_TOKEN: Refusal = {
  reason: 'no token',
  told: 'an HMAC, and this server has no token to check it by (LAB_TOKEN)',
};
const NO_TIME: Refusal = {
  reason: 'no time',
  told: 'an OPEN without its time, and this server wants one (LAB_TOKEN)',
};

/**
 * Tells the datagrams of those who know the token from others, and an OPEN that was recorded and is sent again from a
 * new one.
 *
 * What it has seen is kept in memory: a server that was started again takes an OPEN of the last half minute once more.
 */
export class TransferGuard {
  readonly #signature: Signature | undefined;
  readonly #now: () => Date;
  /** When each OPEN was taken, in ms since 1970, by its id; the first one first. */
  readonly #taken = new Map<string, number>();

  constructor({ token, now }: TransferGuardParts) {
    const key = hmacKey(token);
    this.#signature = key && { key, side: 'C' };
    this.#now = now;
  }

  /** Why a datagram, whose bytes are given too, is not taken from whoever sent it. */
  refusal(datagram: Datagram, bytes: Buffer): Refusal | undefined {
    if (!this.#signature) return hmacLength(bytes, datagram) > 0 ? NO_TOKEN : undefined;
    const problem = hmacProblem(bytes, datagram, this.#signature);
    return problem && { reason: problem, told: refusals[problem] };
  }

  /** Why an OPEN of no transfer that is known is not taken. Of one that is taken, `remember` is to be told. */
  replay(id: string, at: number | undefined): Refusal | undefined {
    if (!this.#signature) return undefined;
    if (at === undefined) return NO_TIME;
    const now = this.#now().getTime();
    const age = now - at;
    if (Math.abs(age) > FRESH_MS) {
      const off = `${Math.ceil(Math.abs(age) / 1000)} s ${age > 0 ? 'old' : 'ahead'}`;
      const most = `allowed: ${FRESH_MS / 1000} s`;
      return { reason: 'replayed', told: `replayed, or a clock is wrong: the OPEN is ${off}; ${most}` };
    }
    this.#forget(now);
    if (this.#taken.has(id)) {
      return { reason: 'replayed', told: `replayed: an OPEN with the id ${id} was taken before` };
    }
    if (this.#taken.size < MOST_KEPT) return undefined;
    return { reason: `${MOST_KEPT} transfers were opened within ${KEPT_MS / 1000} s; no more are allowed` };
  }

  remember(id: string): void {
    if (this.#signature) this.#taken.set(id, this.#now().getTime());
  }

  #forget(now: number): void {
    for (const [id, taken] of this.#taken) {
      if (now - taken <= KEPT_MS) return;
      this.#taken.delete(id);
    }
  }
}
