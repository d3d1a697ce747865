import { counted } from '#lib/text/figures.ts';
import { printable } from '#lib/text/readable.ts';
import { type Datagram, hmacProblem, type Signature } from '#lib/transfer/datagram.ts';

/** Follows the reason of an ABORT without a valid HMAC. */
const NOT_SIGNED =
  'check that client and server have the same LAB_TOKEN. This refusal is not signed, so somebody else may have sent it';

/**
 * Checks which datagrams a server with the token has signed.
 *
 * A server does not sign refusals. So an ABORT without a valid HMAC counts until the first signed datagram arrives.
 * Until then, somebody who reads the wire can end a transfer. After that, only a signed ABORT ends it. A server sends
 * one for a transfer that has failed, and to its client alone.
 */
export class ServerProof {
  readonly #signature: Signature | undefined;
  #isGiven = false;
  #ignored = 0;
  /** The reason of the last ignored ABORT. */
  #ignoredAbort: string | undefined;

  /** @param key without a key, every datagram counts as signed */
  constructor(key: Signature['key'] | undefined) {
    this.#signature = key && { key, side: 'S' };
  }

  isSigned(datagram: Datagram, bytes: Buffer): boolean {
    if (!this.#signature || !hmacProblem(bytes, datagram, this.#signature)) {
      this.#isGiven = true;
      return true;
    }
    this.#ignored += 1;
    if (datagram.kind === 'ABORT') this.#ignoredAbort = printable(datagram.payload);
    return false;
  }

  /** Why the server seems to refuse the transfer, by an unsigned ABORT. Undefined without one. */
  get refusal(): string | undefined {
    if (this.#isGiven || this.#ignoredAbort === undefined) return undefined;
    return `${this.#ignoredAbort}; ${NOT_SIGNED}`;
  }

  /** A sentence about the ignored datagrams, when there were some. */
  get remarks(): string[] {
    if (this.#ignored === 0) return [];
    const ignored = `ignored ${counted(this.#ignored, 'datagram')} with a missing or wrong HMAC (check LAB_TOKEN)`;
    if (this.#ignoredAbort === undefined) return [ignored];
    const which = this.#ignored === 1 ? 'an ABORT' : 'one of them an ABORT';
    return [`${ignored}, ${which}: ${this.#ignoredAbort}`];
  }
}
