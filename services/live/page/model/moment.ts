import { isSlowness, type Slowness } from './pace.ts';

/** What a link to a moment has. */
export interface Moment {
  readonly packet?: number | undefined;
  readonly speed?: Slowness | undefined;
  readonly filter?: string | undefined;
}

/** Reads `#packet=12&speed=1000&filter=http`. What it does not know, it leaves out. */
export function readMoment(hash: string): Moment {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const packet = Number(given.get('packet'));
  const speed = Number(given.get('speed'));
  const filter = given.get('filter')?.trim();
  return {
    ...(Number.isSafeInteger(packet) && packet > 0 && { packet }),
    ...(isSlowness(speed) && { speed }),
    ...(filter && { filter }),
  };
}

export function writeMoment({ packet, speed, filter }: Moment): string {
  const parts = new URLSearchParams();
  if (packet !== undefined) parts.set('packet', String(packet));
  if (speed !== undefined) parts.set('speed', String(speed));
  if (filter) parts.set('filter', filter);
  return parts.size === 0 ? '' : `#${parts}`;
}
