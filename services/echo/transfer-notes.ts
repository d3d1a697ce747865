import type { Say } from '#common/grouped-log.ts';
import type { Log } from '#common/log.ts';
import type { Note } from '#common/open-journal.ts';
import type { Datagram } from '#common/transfer/datagram.ts';
import type { Receipt } from '#common/transfer/receipt.ts';
import { formatPeer, type Peer } from './peer.ts';

export interface TransferNotesParts {
  readonly note: Note;
  readonly say: Say;
  readonly log: Log;
}

/** Which transfer is spoken of: by its OPEN and its client. */
interface Subject {
  readonly opened: Datagram;
  readonly peer: Peer;
}

/** Journals and prints what becomes of transfers. */
export class TransferNotes {
  readonly #parts: TransferNotesParts;

  constructor(parts: TransferNotesParts) {
    this.#parts = parts;
  }

  journal(state: string, { opened, peer }: Subject, detail: object): void {
    const { id, mode, window } = opened;
    const entry = { client_ip: peer.address, client_port: peer.port, transfer: id, state, mode, window };
    this.#parts
      .note('transfer', { ...entry, ...detail })
      .catch((error) => this.#parts.log.error(`what became of transfer ${id} can't be journaled: ${error}`));
  }

  print({ opened, peer }: Subject, what: string): void {
    this.#parts.say(`[UDP SERVER] Transfer ${opened.id} of ${formatPeer(peer)} ${what}`);
  }
}

/** A receipt as the journal has it. */
export function receiptFields({ bytes, sha256, duplicates, outOfOrder }: Receipt): object {
  return { bytes, sha256, duplicates, out_of_order: outOfOrder };
}
