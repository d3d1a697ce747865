import type * as journal from '#lib/journal/schema.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';

/** An entry of the current version for a client with an address: it always has these fields. */
type With<Entry, Field extends keyof Entry> = Entry & Required<Pick<Entry, Field>>;
type Client = 'client_ip' | 'client_port';

export type HttpEntry = With<journal.HttpEntry, Client | 'request'>;
export type EchoEntry = With<journal.MessageEntry, Client | 'message'>;
/** The decision about a datagram of a transfer. */
export type DatagramEntry = With<journal.DatagramEntry, Client | 'message' | 'transfer' | 'kind'>;
/** The result of a transfer. */
export type TransferEntry = With<journal.EventNamed<'transfer'>, Client | 'bytes'>;

/** The entries of each server's journal. */
export interface Entries {
  readonly http: HttpEntry;
  readonly echo: EchoEntry;
  readonly wire: WireEntry;
}

export type { Protocol } from '#lib/faults/echo/fault.ts';
