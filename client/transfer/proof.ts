import { printable } from '#lib/text/readable.ts';
import { type Datagram, hmacProblem, type Signature } from '#lib/transfer/datagram.ts';

/** What is said beside the reason of an ABORT that has no right HMAC. */
const NOT_SIGNED =
  'is the LAB_TOKEN of the server that of this client? A refusal is not signed, so somebody else may have sent it';

/**
 * Tells what a server with the token has signed from all else.
 *
 * A server signs no refusal: neither that of an OPEN, which may be recorded, nor that of a token that it does not know.
 * So an ABORT without a right HMAC counts until something with one has come: whoever reads the wire can end a transfer
 * at its beginning. Later only a signed one ends it, which a server sends for a transfer that has failed, and to its
 * client alone.
 */
export class ServerProof {
  readonly #signature: Signature | undefined;
  #isGiven = false;
  #ignored = 0;
  /** The reason of the latest ABORT among those that were ignored. */
  #ignoredAbort: string | undefined;

  /** @param key without one, everything counts as signed */
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

  /** Why the server refuses the transfer, as far as anybody can tell; undefined when nothing says that it does. */
  get refusal(): string | undefined {
    if (this.#isGiven || this.#ignoredAbort === undefined) return undefined;
    return `${this.#ignoredAbort}; ${NOT_SIGNED}`;
  }

  /** What there is to say about datagrams that were ignored. */
  get remarks(): string[] {
    if (this.#ignored === 0) return [];
    return [
      `datagrams that came without a right HMAC and were ignored (LAB_TOKEN): ${this.#ignored}`,
      ...(this.#ignoredAbort === undefined ? [] : [`among them an ABORT: ${this.#ignoredAbort}`]),
    ];
  }
}
