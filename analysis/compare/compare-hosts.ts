import { type Capture, findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable } from '#analysis/capture/capture-info.ts';
import { readPackets } from '#analysis/capture/read-packets.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { compare } from './compare.ts';
import type { Compared } from './compared.ts';
import { type Travelling, travelFields, travelling } from './packets.ts';

/** Compares the captures of both hosts in a folder. */
export async function compareHosts(folder: string, run: Run): Promise<Compared> {
  const captures = await Promise.all(hosts.map((host) => findCapture(host, folder)));
  for (const capture of captures) await mustBeReadable(capture);
  const readings = captures.map((capture, at) => new Reading(hosts[at]!, capture));
  const compared = await compare(readings.map((reading) => reading.packets(run)));
  return {
    ...compared,
    cut: readings.flatMap(({ seen }) => seen.cut ?? []),
    without: readings.filter(({ count }) => count === 0).map(({ host }) => host),
  };
}

/** What is read of one capture. */
class Reading {
  readonly host: Host;
  readonly seen = new Seen();
  readonly #capture: Capture;
  /** Packets from one host to the other. */
  count = 0;

  constructor(host: Host, capture: Capture) {
    this.host = host;
    this.#capture = capture;
  }

  async *packets({ addresses, ports }: Run): AsyncGenerator<Travelling> {
    const reading = { ports, seen: this.seen, fields: travelFields };
    // Nothing of TLS is wanted, and without keys less is kept.
    for await (const packets of readPackets({ files: this.#capture.files }, reading)) {
      for (const packet of packets) {
        const one = travelling(packet, this.host, addresses);
        if (!one) continue;
        this.count += 1;
        yield one;
      }
    }
  }
}
