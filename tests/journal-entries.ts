/** What the entries of both journals have, as far as the suites look at it. */
interface Entry {
  readonly timestamp: string;
  readonly id: number;
  readonly client_ip: string;
  readonly client_port: number;
}

export interface HttpEntry extends Entry {
  readonly outcome: string;
  readonly request: number;
}

export interface EchoEntry extends Entry {
  readonly fault: string;
  readonly message: number;
  readonly protocol: Protocol;
  /** Octets of the body. */
  readonly length: number;
  readonly tag?: string;
  /** Of a delay. */
  readonly delay_ms?: number;
  /** Of a corruption. */
  readonly offset?: number;
  readonly before?: string;
  readonly after?: string;
  /** Of a truncation: octets. */
  readonly kept?: number;
}

/** The fate of one datagram of a transfer. */
export interface DatagramEntry extends EchoEntry {
  readonly direction: 'in' | 'out';
  readonly transfer: string;
  readonly kind: 'OPEN' | 'DATA' | 'CLOSE' | 'ACK' | 'ABORT';
  /** Of OPEN, DATA and CLOSE. */
  readonly sequence?: number;
  /** Of an ACK. */
  readonly ack?: number;
}

/** What became of a transfer. */
export interface TransferEntry extends Entry {
  readonly event: 'transfer';
  readonly transfer: string;
  readonly state: 'received' | 'returned' | 'refused' | 'aborted' | 'idle' | 'silent';
  readonly bytes: number;
  readonly sha256?: string;
  readonly duplicates?: number;
  readonly segments?: number;
  readonly retransmissions?: number;
  readonly reason?: string;
}

/** The entries of each server's journal. */
export interface Entries {
  readonly http: HttpEntry;
  readonly echo: EchoEntry;
}

export type Protocol = 'tcp' | 'udp';
