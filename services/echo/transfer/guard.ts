import { hmacKey, refusals } from '#lib/message/hmac.ts';
import { type Datagram, hmacLength, hmacProblem, type Signature } from '#lib/transfer/datagram.ts';

/** How old an OPEN may be, or how far ahead of the server's clock, in ms. */
const FRESH_MS = 30_000;
/** How long the id of an OPEN is kept, in ms. The time of an OPEN may be ahead, so this is twice as long. */
const KEPT_MS = 2 * FRESH_MS;
/** How many ids are kept. The server opens no more transfers within that time. */
const MOST_KEPT = 65_536;

export interface TransferGuardParts {
  /** The token with which clients sign. Without one, or with an empty one, nothing is signed. */
  readonly token?: string | undefined;
  readonly now: () => Date;
}

/** Why a datagram is refused. */
export interface Refusal {
  /** The reason in the journal. */
  readonly reason: string;
  /** The reason that the client gets, when it is longer. */
  readonly sent?: string;
}

const NO_TOKEN: Refusal = {
  reason: 'no token',
  sent: 'the datagram has an HMAC, and this server has no token to check it (LAB_TOKEN)',
};
const NO_TIME: Refusal = {
  reason: 'no time',
  sent: 'the OPEN has no time, and this server requires one (LAB_TOKEN)',
};

/**
 * Checks that a datagram comes from somebody who knows the token, and that an OPEN is new and not a replayed recording.
 *
 * The ids are kept in memory. After a restart, the server accepts an OPEN of the last half minute once more.
 */
export class TransferGuard {
  readonly #signature: Signature | undefined;
  readonly #now: () => Date;
  /** When each OPEN was accepted, in ms since 1970, by its id. The oldest is first. */
  readonly #accepted = new Map<string, number>();

  constructor({ token, now }: TransferGuardParts) {
    const key = hmacKey(token);
    this.#signature = key && { key, side: 'C' };
    this.#now = now;
  }

  /** Why the server does not accept a datagram, given with its bytes. Undefined when it does. */
  refusal(datagram: Datagram, bytes: Buffer): Refusal | undefined {
    if (!this.#signature) return hmacLength(bytes, datagram) > 0 ? NO_TOKEN : undefined;
    const problem = hmacProblem(bytes, datagram, this.#signature);
    return problem && { reason: problem, sent: refusals[problem] };
  }

  /** Why the server does not accept an OPEN of a new transfer. The caller gives the id of an accepted one to `remember`. */
  replay(id: string, at: number | undefined): Refusal | undefined {
    if (!this.#signature) return undefined;
    if (at === undefined) return NO_TIME;
    const now = this.#now().getTime();
    const age = now - at;
    if (Math.abs(age) > FRESH_MS) {
      const off = `${Math.ceil(Math.abs(age) / 1000)} s ${age > 0 ? 'old' : 'ahead'}`;
      const most = `allowed: ${FRESH_MS / 1000} s`;
      return { reason: 'replayed', sent: `replayed, or a clock is wrong: the OPEN is ${off}; ${most}` };
    }
    this.#forget(now);
    if (this.#accepted.has(id)) {
      return { reason: 'replayed', sent: `replayed: an OPEN with the id ${id} was accepted before` };
    }
    if (this.#accepted.size < MOST_KEPT) return undefined;
    return { reason: `${MOST_KEPT} transfers were opened within ${KEPT_MS / 1000} s; no more are allowed` };
  }

  remember(id: string): void {
    if (this.#signature) this.#accepted.set(id, this.#now().getTime());
  }

  #forget(now: number): void {
    for (const [id, accepted] of this.#accepted) {
      if (now - accepted <= KEPT_MS) return;
      this.#accepted.delete(id);
    }
  }
}
