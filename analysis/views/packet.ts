import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Carried, Packet } from '#analysis/capture/packet.ts';
import { safe } from '#lib/text/readable.ts';

/** What is read of a frame to show it. In the last one may be anything. */
export const shownFields = [
  'relative',
  'protocol',
  'severities',
  'isRetransmission',
  'data',
  'info',
] as const;

/** A frame as Wireshark shows it. All texts are fit for a terminal. */
export interface ShownPacket {
  /** From 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond. */
  readonly epoch: number;
  /** Seconds since the first frame of the capture. */
  readonly time: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Bytes of the frame. */
  readonly length: number;
  readonly info: string;
  /** What was on the wire. */
  readonly payload: Buffer;
  /** What TLS had sealed in records that are complete with this frame, decrypted. */
  readonly inside?: Buffer | undefined;
  /** A warning or an error of a dissector, or a retransmission. */
  readonly isTrouble: boolean;
  /** Undefined of anything but TCP and UDP. */
  readonly carried: Carried | undefined;
}

export const packetKinds = ['request', 'answer', 'control', 'trouble', 'other'] as const;
/** What a frame is in the eyes of a reader. */
export type PacketKind = (typeof packetKinds)[number];

/** Of Wireshark's expert information: warnings and errors. */
const WARNING = 0x600000;

/** @param began time of the capture's first frame, in seconds since 1970; undefined in the file that has it */
export function shown(
  { number, time, source, destination, length, carried, told }: Packet<(typeof shownFields)[number]>,
  began: number | undefined,
): ShownPacket {
  const { data, info, isRetransmission, protocol, relative, severities } = told;
  return {
    ...{ number, epoch: time, length, carried },
    time: began === undefined ? relative : Math.max(0, time - began),
    ...{ source: safe(source), destination: safe(destination), protocol: safe(protocol), info: safe(info) },
    payload: carried && carried.payload.length > 0 ? carried.payload : data,
    isTrouble: isRetransmission || severities.some((severity) => Number(severity) >= WARNING),
  };
}

export function kindOf({ isTrouble, payload, carried }: ShownPacket): PacketKind {
  if (isTrouble) return 'trouble';
  if (!carried) return 'other';
  if (payload.length === 0) return carried.transport === 'tcp' ? 'control' : 'other';
  return carried.toServer ? 'request' : 'answer';
}

/** The dissector of the lab, where tshark would load it: for root it leaves Lua out without a word. */
export async function findDissector(): Promise<string | undefined> {
  if (process.getuid?.() === 0 || process.getgid?.() === 0) return undefined;
  const path = join(import.meta.dirname, '../../dissector/wirelab.lua');
  return access(path).then(
    () => path,
    () => undefined,
  );
}
