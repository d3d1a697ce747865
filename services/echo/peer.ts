/** The other end of an exchange. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** The version of TLS that it speaks; undefined in plain text. */
  readonly tls?: string | undefined;
}

/** A peer as the seed prints it. */
export function formatPeer({ address, port }: Peer): string {
  return `('${address}', ${port})`;
}
