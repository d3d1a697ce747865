/** The client of an exchange. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** The TLS version of its connection; undefined in plain text. */
  readonly tls?: string | undefined;
}

/** A client as the reference server prints it. */
export function formatPeer({ address, port }: Peer): string {
  return `('${address}', ${port})`;
}
