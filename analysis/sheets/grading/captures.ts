import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Capture, CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { captureInfo } from '#analysis/capture/capture-info.ts';
import { HostComparison } from '#analysis/compare/compare-hosts.ts';
import type { Compared, PacketFact } from '#analysis/compare/compared.ts';
import { WireComparison } from '#analysis/compare/wire-comparison.ts';
import type { Finding } from '#analysis/join/join.ts';
import { type Listener, listen, readFor } from '#analysis/join/listen.ts';
import { isContradicted, reasons } from '#analysis/join/verdicts.ts';
import { wireReasons } from '#analysis/wire/reasons.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import { isEvent, isHttp, readEntries } from '#lib/journal/entries.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { limits } from '../hand-in/limits.ts';
import { isCapture } from '../hand-in/names.ts';
import type { Flags, FrameOf } from './flags.ts';
import { type Traces, Tracing } from './traces.ts';

/**
 * Removes what is no capture of the lab's tcpdump: tshark reads many other formats too, also packed ones of any size. Flags
 * it, and captures that break off.
 *
 * @returns whether the captures are small enough to be read
 */
export async function siftCaptures(folder: string, flags: Flags): Promise<boolean> {
  let frames = 0;
  for (const name of (await readdir(folder)).filter(isCapture).sort()) {
    const path = join(folder, name);
    if (!(await isPcap(path))) {
      flags.add('capture-damaged', `${name} is no pcap file of the lab`);
      await rm(path);
      continue;
    }
    const info = await captureInfo(path);
    frames += info.frames;
    if (info.problem) flags.add('capture-damaged', info.problem);
    if (!info.isCapture) await rm(path);
    if (frames > limits.frames) {
      flags.add('too-large', `the captures have more than ${limits.frames} frames`);
      return false;
    }
  }
  return true;
}

/** How a pcap begins on machines of either byte order, with times in microseconds (draft-ietf-opsawg-pcap). */
const MAGICS: readonly string[] = ['d4c3b2a1', 'a1b2c3d4'];
const HEAD = 24;

/** An empty file is a capture without a frame: tcpdump had not begun to write. */
async function isPcap(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return bytesRead === 0 || (bytesRead === HEAD && MAGICS.includes(buffer.toString('hex', 0, 4)));
  } finally {
    await file.close();
  }
}

/** Compares captures with journals and with each other, flags what does not fit, and returns the traces of the run. */
export async function judgeCaptures(folder: string, run: Run, flags: Flags): Promise<Traces> {
  const [server, client] = await Promise.all([found('server', folder), found('client', folder)]);
  const ofWire = new WireComparison();
  const disturbances = server && client && (await wireOfRun(folder, run, [ofWire]));
  const comparison = server && client && !disturbances ? new HostComparison(run) : undefined;
  const comparing = (host: Host) => (comparison ? [comparison.of(host)] : []);
  const tracing = new Tracing();
  const listeners = [tracing, contradictions(flags), ...comparing('server')];
  await Promise.all([
    server && listen(server, run, listeners, disturbances?.of('server')),
    client && comparison && readFor(client, run, comparing('client')),
  ]);
  const compared = comparison ? await comparison.result() : disturbances && ofWire.result();
  if (compared && comparison) flagDifferences(compared, flags);
  else if (compared) flagUnexplained(compared, flags);
  if (compared) flagEmpty(compared.without, await hasEntries(folder, run), flags);
  return tracing.traces;
}

async function found(host: Host, folder: string): Promise<Capture | undefined> {
  return findCapture(host, folder).catch((error) => {
    if (error instanceof CaptureError) return undefined;
    throw error;
  });
}

function contradictions(flags: Flags): Listener {
  return {
    take(finding: Finding) {
      if (finding.kind !== 'match' && finding.kind !== 'handshake') return;
      if (!isContradicted(finding)) return;
      const { entry, reason, request, response } = finding;
      const journal = finding.kind === 'match' && isHttp(finding.entry) ? 'http.log' : 'echo.log';
      const frames = [...request, ...response].map(({ number }) => ({ capture: 'server' as const, number }));
      flags.add('entry-contradicted', `${journal} entry ${entry.id}: ${reasons[reason].meaning}`, frames);
    },
  };
}

/** Without a wire, every packet arrives as it was sent. */
function flagDifferences({ neverArrived, altered, twice, inAll }: Compared, flags: Flags): void {
  const kinds = [
    ['never arrived', neverArrived, inAll.neverArrived],
    ['arrived altered', altered, inAll.altered],
    ['arrived twice', twice, inAll.twice],
  ] as const;
  for (const [what, facts, all] of kinds) flagPackets(what, facts, all, flags);
}

/** With a wire, its entries explain all other differences. */
function flagUnexplained({ neverArrived, altered, twice, wire }: Compared, flags: Flags): void {
  if (!wire) return;
  const unexplained = (facts: readonly PacketFact[]) => facts.filter(({ why }) => why === undefined);
  flagPackets('never arrived', unexplained(neverArrived), wire.lost.without, flags);
  flagPackets('arrived altered', unexplained(altered), wire.altered.without, flags);
  flagPackets('arrived twice', unexplained(twice), wire.twice.without, flags);
  flagPackets('arrived and was never sent', unexplained(wire.strayPackets), wire.stray.without, flags);
  for (const { id, reason, host, frame } of wire.contradicted) {
    const frames = frame === undefined ? [] : [{ capture: host, number: frame }];
    flags.add('entry-contradicted', `wire.log entry ${id}: ${wireReasons[reason].meaning}`, frames);
  }
}

/** Whether a journal has an entry about the client host. */
async function hasEntries(folder: string, { addresses }: Run): Promise<boolean> {
  for await (const entry of readEntries(folder))
    if (!isEvent(entry) && entry.client_ip === addresses.client) return true;
  return false;
}

/** When neither has a packet, and no entry is about one, the student has sent none. */
export function flagEmpty(without: Compared['without'], isInJournal: boolean, flags: Flags): void {
  if (without.length === hosts.length && !isInJournal) return;
  for (const host of without)
    flags.add('captures-differ', `the ${host}'s capture has no packet between the two hosts`);
}

function flagPackets(what: string, facts: readonly PacketFact[], all: number, flags: Flags): void {
  for (const { from, frame, arrivedAs, info } of facts) {
    const to = from === 'server' ? 'client' : 'server';
    const place: FrameOf =
      frame === undefined ? { capture: to, number: arrivedAs! } : { capture: from, number: frame };
    flags.add('captures-differ', `frame ${place.number} of the ${place.capture} ${what}: ${info}`, [place]);
  }
  if (all > facts.length) {
    const more = all - facts.length;
    flags.add('captures-differ', `${more} more ${what}`, [], more);
  }
}
