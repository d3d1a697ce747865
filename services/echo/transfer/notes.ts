import type { EventDetail, Note } from '#lib/journal/open-journal.ts';
import type { Say } from '#lib/runtime/grouped-log.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Datagram } from '#lib/transfer/datagram.ts';
import type { Receipt } from '#lib/transfer/receipt.ts';
import { retransmissions, type SendingCounts } from '#lib/transfer/sending.ts';
import { formatPeer, type Peer } from '../peer.ts';

export interface TransferNotesParts {
  readonly note: Note;
  readonly say: Say;
  readonly log: Log;
}

/** The result of a transfer, as in the journal. */
export type TransferResult = EventDetail<'transfer'>;

/** A transfer, known by its OPEN and its client. */
interface Subject {
  readonly opened: Datagram;
  readonly peer: Peer;
}

/** Journals and prints the results of transfers. */
export class TransferNotes {
  readonly #parts: TransferNotesParts;

  constructor(parts: TransferNotesParts) {
    this.#parts = parts;
  }

  refused(subject: Subject, reason: string): void {
    this.#journal('refused', subject, { reason });
    this.print(subject, `refused: ${reason}`);
  }

  received(subject: Subject, receipt: Receipt, intact: boolean, seconds: number): void {
    this.#journal('received', subject, { ...receiptFields(receipt), intact, seconds });
    this.print(
      subject,
      `received: ${receipt.bytes} bytes in ${seconds} s, ${receipt.duplicates} duplicates, ` +
        `SHA-256 ${receipt.sha256}${intact ? '' : '; the sent bytes have another one'}`,
    );
  }

  returned(subject: Subject, receipt: Receipt, counts: SendingCounts, seconds: number): void {
    this.#journal('returned', subject, {
      ...receiptFields(receipt),
      segments: counts.datagrams.first,
      retransmissions: retransmissions(counts),
      seconds,
    });
    this.print(subject, `returned: ${receipt.bytes} bytes in ${seconds} s`);
  }

  failed(
    subject: Subject,
    how: TransferResult['state'],
    detail: { readonly reason: string; readonly bytes: number },
  ): void {
    this.#journal(how, subject, detail);
    this.print(subject, `${how}: ${detail.reason}`);
  }

  print({ opened, peer }: Subject, what: string): void {
    this.#parts.say(`[UDP SERVER] Transfer ${opened.id} of ${formatPeer(peer)} ${what}`);
  }

  #journal(state: TransferResult['state'], { opened, peer }: Subject, detail: Partial<TransferResult>): void {
    const { id, mode, window } = opened;
    const entry = { client_ip: peer.address, client_port: peer.port, transfer: id, state, mode, window };
    this.#parts
      .note('transfer', { ...entry, ...detail })
      .catch((error) => this.#parts.log.error(`the result of transfer ${id} can't be journaled: ${error}`));
  }
}

/** The fields of a receipt in the journal. */
function receiptFields({ bytes, sha256, duplicates, outOfOrder }: Receipt): Partial<TransferResult> {
  return { bytes, sha256, duplicates, out_of_order: outOfOrder };
}
