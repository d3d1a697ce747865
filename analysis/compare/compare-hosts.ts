import { type Capture, findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable } from '#analysis/capture/capture-info.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { compare } from './compare.ts';
import type { Compared } from './compared.ts';
import { type Packet, readPackets } from './packets.ts';

/** Compares the captures of both hosts in a folder. */
export async function compareHosts(folder: string, { addresses }: Run): Promise<Compared> {
  const captures = await Promise.all(hosts.map((host) => findCapture(host, folder)));
  for (const capture of captures) await mustBeReadable(capture);
  const readings = captures.map((capture, at) => new Reading(hosts[at]!, capture));
  const compared = await compare(readings.map((reading) => reading.packets(addresses)));
  return {
    ...compared,
    cut: readings.flatMap(({ cut }) => cut),
    without: readings.filter(({ count }) => count === 0).map(({ host }) => host),
  };
}

/** What is read of one capture. */
class Reading {
  readonly host: Host;
  readonly cut: string[] = [];
  readonly #capture: Capture;
  /** Packets from one host to the other. */
  count = 0;

  constructor(host: Host, capture: Capture) {
    this.host = host;
    this.#capture = capture;
  }

  async *packets(addresses: Run['addresses']): AsyncGenerator<Packet> {
    for await (const packet of readPackets(this.#capture, addresses, (why) => this.cut.push(why))) {
      this.count += 1;
      yield packet;
    }
  }
}
