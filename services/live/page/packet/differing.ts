import type { Layer, PacketDetail } from '../../contract.ts';
import { bytesOf } from '../model/bytes.ts';

/**
 * The bytes of a frame that are others in the capture of the other host. Both are compared from their IP header on: each
 * link has a header of its own.
 */
export function differingBytes(one: PacketDetail, other: PacketDetail): ReadonlySet<number> {
  const [mine, theirs] = [bytesOf(one.sources[0]?.bytes ?? ''), bytesOf(other.sources[0]?.bytes ?? '')];
  const [start, begin] = [startOfIp(one.layers), startOfIp(other.layers)];
  const found = new Set<number>();
  for (let at = start; at < mine.length; at += 1) {
    if (mine[at] !== theirs[begin + at - start]) found.add(at);
  }
  return found;
}

function startOfIp(layers: readonly Layer[]): number {
  return layers.find(({ filter }) => filter === 'ip' || filter === 'ipv6')?.at ?? 0;
}
