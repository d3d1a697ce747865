import { findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable } from '#analysis/capture/capture-info.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import { readPackets } from '#analysis/capture/read-packets.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Listener } from '#analysis/join/listen.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { Channel } from './channel.ts';
import { compare } from './compare.ts';
import type { Compared } from './compared.ts';
import { type Travelling, travelFields, travelling } from './packets.ts';
import { WireComparison } from './wire-comparison.ts';

/** Compares the captures of both hosts in a folder. */
export async function compareHosts(folder: string, run: Run): Promise<Compared> {
  const captures = await Promise.all(hosts.map((host) => findCapture(host, folder)));
  for (const capture of captures) await mustBeReadable(capture);
  const ofWire = new WireComparison();
  if (await wireOfRun(folder, run, [ofWire])) return ofWire.result();
  const comparison = new HostComparison(run);
  await Promise.all(hosts.map((host, at) => comparison.read(host, captures[at]!.files)));
  return comparison.result();
}

type Name = (typeof travelFields)[number];

/** Compares both captures while they are read in parallel. The one that is ahead in time waits for the other. */
export class HostComparison {
  readonly #run: Run;
  readonly #channels = { server: new Channel<Travelling>(), client: new Channel<Travelling>() };
  readonly #compared: Promise<Compared>;
  readonly #cut = new Map<Host, string>();
  /** Hosts whose captures have a packet between the two hosts. */
  readonly #with = new Set<Host>();

  constructor(run: Run) {
    this.#run = run;
    this.#compared = compare(
      hosts.map((host) => this.#channels[host]),
      run.gaps,
    );
  }

  /** A listener for a capture that is read for others too. */
  of(host: Host): Listener<Name> {
    return {
      wants: { fields: travelFields },
      take: (finding) => {
        if (finding.kind === 'end') this.#end(host, finding.seen);
      },
      takePackets: (packets) => this.#take(host, packets),
      close: () => this.#channels[host].end(),
    };
  }

  /** Reads a capture for this comparison alone. */
  async read(host: Host, files: readonly string[]): Promise<void> {
    const { ports } = this.#run;
    const seen = new Seen();
    try {
      // TLS does not matter here, and without keys tshark needs less memory.
      for await (const packets of readPackets({ files }, { ports, seen, fields: travelFields })) {
        await this.#take(host, packets);
      }
    } finally {
      this.#end(host, seen);
    }
  }

  async #take(host: Host, packets: readonly Packet<Name>[]): Promise<void> {
    const { addresses } = this.#run;
    const own = packets.flatMap((packet) => travelling(packet, host, addresses) ?? []);
    if (own.length > 0) this.#with.add(host);
    await this.#channels[host].give(own);
  }

  #end(host: Host, { cut }: Pick<Seen, 'cut'>): void {
    if (cut !== undefined) this.#cut.set(host, cut);
    this.#channels[host].end();
  }

  /** The result, when both captures have been read. */
  async result(): Promise<Compared> {
    const without = hosts.filter((host) => !this.#with.has(host));
    const cut = hosts.flatMap((host) => this.#cut.get(host) ?? []);
    return { ...(await this.#compared), cut, without };
  }
}
