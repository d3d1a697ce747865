import { findCapture } from '../capture-files.ts';
import type { Compared } from '../report/facts.ts';
import type { Run } from '../run.ts';
import { compare } from './compare.ts';
import { readPackets } from './packets.ts';

/** Compares the captures of both hosts in a folder. */
export async function compareHosts(folder: string, { addresses }: Run): Promise<Compared> {
  const captures = await Promise.all([findCapture('server', folder), findCapture('client', folder)]);
  const cut: string[] = [];
  const compared = await compare(
    captures.map((capture) => readPackets(capture, addresses, (why) => cut.push(why))),
  );
  return { ...compared, cut };
}
