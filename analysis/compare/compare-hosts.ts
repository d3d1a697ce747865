import { findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable } from '#analysis/capture/capture-info.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import { readPackets } from '#analysis/capture/read-packets.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { Channel } from './channel.ts';
import { compare } from './compare.ts';
import type { Compared } from './compared.ts';
import { type Travelling, travelFields, travelling } from './packets.ts';

/** Compares the captures of both hosts in a folder. */
export async function compareHosts(folder: string, run: Run): Promise<Compared> {
  const captures = await Promise.all(hosts.map((host) => findCapture(host, folder)));
  for (const capture of captures) await mustBeReadable(capture);
  const comparison = new HostComparison(run);
  const read = async (host: Host, files: readonly string[]) => {
    const seen = new Seen();
    // Nothing of TLS is wanted, and without keys less is kept.
    for await (const packets of readPackets({ files }, { ports: run.ports, seen, fields: travelFields })) {
      await comparison.take(host, packets);
    }
    comparison.end(host, seen);
  };
  await Promise.all(hosts.map((host, at) => read(host, captures[at]!.files)));
  return comparison.result();
}

/** The comparison of both captures while they are read, at once: whichever is ahead in time waits for the other. */
export class HostComparison {
  readonly #addresses: Run['addresses'];
  readonly #channels = { server: new Channel<Travelling>(), client: new Channel<Travelling>() };
  readonly #compared = compare(hosts.map((host) => this.#channels[host]));
  readonly #cut = new Map<Host, string>();
  /** Those with a packet from one host to the other. */
  readonly #with = new Set<Host>();

  constructor({ addresses }: Pick<Run, 'addresses'>) {
    this.#addresses = addresses;
  }

  /** Takes packets of one capture. */
  async take(host: Host, packets: readonly Packet<(typeof travelFields)[number]>[]): Promise<void> {
    const own = packets.flatMap((packet) => travelling(packet, host, this.#addresses) ?? []);
    if (own.length > 0) this.#with.add(host);
    await this.#channels[host].give(own);
  }

  /** The capture of a host ends. */
  end(host: Host, { cut }: Pick<Seen, 'cut'>): void {
    if (cut !== undefined) this.#cut.set(host, cut);
    this.#channels[host].end();
  }

  /** When both have ended. */
  async result(): Promise<Compared> {
    const without = hosts.filter((host) => !this.#with.has(host));
    const cut = hosts.flatMap((host) => this.#cut.get(host) ?? []);
    return { ...(await this.#compared), cut, without };
  }
}
