import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Carried, Packet } from '#analysis/capture/packet.ts';
import { safe } from '#lib/text/readable.ts';

/** The additional fields that are shown. The last one may contain any character. */
export const shownFields = [
  'relative',
  'protocol',
  'severities',
  'isRetransmission',
  'data',
  'info',
] as const;

/** A frame as Wireshark shows it. All texts are safe for a terminal. */
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
  /** The bytes on the wire. */
  readonly payload: Buffer;
  /** The decrypted content of TLS records that this frame completes. */
  readonly inside?: Buffer | undefined;
  /** A warning or an error of a dissector, or a retransmission. */
  readonly isTrouble: boolean;
  /** Undefined if it is neither TCP nor UDP. */
  readonly carried: Carried | undefined;
}

export const packetKinds = ['request', 'answer', 'control', 'trouble', 'other'] as const;
/** The kind of a frame, which decides its colour. */
export type PacketKind = (typeof packetKinds)[number];

/** Warnings and errors of Wireshark's expert information have at least this severity. */
const WARNING = 0x600000;

/** @param began time of the capture's first frame, in seconds since 1970; undefined in the file with that frame */
export function shown(
  { number, time, source, destination, length, carried, fields }: Packet<(typeof shownFields)[number]>,
  began: number | undefined,
): ShownPacket {
  const { data, info, isRetransmission, protocol, relative, severities } = fields;
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

/** The lab's dissector, if tshark can load it: as root, tshark silently ignores Lua. */
export async function findDissector(): Promise<string | undefined> {
  if (process.getuid?.() === 0 || process.getgid?.() === 0) return undefined;
  const path = join(import.meta.dirname, '../../dissector/wirelab.lua');
  return access(path).then(
    () => path,
    () => undefined,
  );
}
