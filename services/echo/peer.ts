/** The other end of an exchange. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** A peer as the seed prints it. */
export function formatPeer({ address, port }: Peer): string {
  return `('${address}', ${port})`;
}
