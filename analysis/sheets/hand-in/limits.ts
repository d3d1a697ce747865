import { ANSWERS, FULL } from '../sheet/answers.ts';
import { ASSIGNMENT } from '../sheet/assignment.ts';
import { isCapture, MANIFEST } from './names.ts';

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** What a hand-in may have at most. A container with 768 MiB of memory reads it. */
export const limits = {
  /** Bytes of the archive. */
  archive: 192 * MIB,
  files: 48,
  /** Bytes of all files together, and what the archive unpacks to. */
  all: 192 * MIB,
  /** How many times larger the content may be than the archive. Captures and journals shrink to a tenth at best. */
  ratio: 150,
  /** An archive whose content is smaller than this has any ratio: zeros shrink well. */
  ratioFrom: 4 * MIB,
  /** Frames of all captures together. */
  frames: 400_000,
  /** Bytes of a line of a journal or of the answers. */
  line: 64 * KIB,
} as const;

/** The most bytes that a file may have. */
export function limitOf(name: string): number {
  if (isCapture(name)) return limits.all;
  if (name === ASSIGNMENT) return 4 * KIB;
  if (name === MANIFEST) return 64 * KIB;
  return name === ANSWERS ? FULL : 32 * MIB;
}
