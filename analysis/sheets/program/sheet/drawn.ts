import { hash } from 'node:crypto';
import { delay } from '#lib/faults/echo/delay.ts';
import { faultNames } from '#lib/faults/echo/index.ts';
import { Faults } from '#lib/faults/faults.ts';
import { Message } from '#lib/message/message.ts';
import type { SecondsRange } from '#lib/runtime/config.ts';
import { below, Draws } from '#lib/runtime/random.ts';
import { SheetError } from '../../sheet/sheet-error.ts';
import type { Stage } from './stage.ts';

/** What a stage draws: the same seed draws the same again. */
export interface Drawn {
  /** Texts that the program must bring across, in order. */
  readonly messages: readonly string[];
  /** The content of the file that a sender must bring across. */
  readonly file: Buffer;
}

const FIRST =
  'amber brave calm dizzy eager fancy gentle happy icy jolly kind lucky merry noble odd proud'.split(' ');
const SECOND =
  'badger crane dolphin eagle falcon gecko heron ibis jackal koala lemur marten newt otter panda quail'.split(
    ' ',
  );

/** How many seeds are tried until the delays of a stage are as its sheet wants them. */
const SEEDS = 200_000;

export function drawnFor({ id, messages, transfer }: Stage, seed: string): Drawn {
  const draws = new Draws(seed, `program ${id}`);
  const word = (words: readonly string[], n: number) => words[below(words.length, draws.at(n))]!;
  const message = (_: unknown, at: number) =>
    `${word(FIRST, 3 * at + 1)}-${word(SECOND, 3 * at + 2)}-${1000 + below(9000, draws.at(3 * at + 3))}`;
  return {
    messages: Array.from({ length: messages }, message),
    file: transfer ? fileOf(seed, id, transfer.segment * (transfer.segments - 1) + 1) : Buffer.alloc(0),
  };
}

/** A file of readable text in which no two segments are alike. Its last segment has one byte. */
function fileOf(seed: string, id: string, bytes: number): Buffer {
  const rows: string[] = [];
  for (let length = 0; length < bytes; length += rows.at(-1)!.length)
    rows.push(`${hash('sha256', `${seed} ${id} ${rows.length}`)}\n`);
  return Buffer.from(rows.join('')).subarray(0, bytes);
}

/**
 * The seed of the server for a stage. If the stage wants delays, it is one with which the first draws have them.
 *
 * @param delays the setting ECHO_DELAY_SECONDS of the server
 * @throws SheetError when no seed has such delays
 */
export function faultSeed(stage: Stage, seed: string, delays: SecondsRange): string {
  const wanted = stage.delays;
  if (!wanted) return `${seed}-${stage.id}`;
  const { from, to } = delays;
  for (let tried = 0; tried < SEEDS && from <= wanted.to && to >= wanted.from; tried += 1) {
    const candidate = `${seed}-${stage.id}-${tried}`;
    const drawn = delaysOf(stage.partner, candidate, delays, wanted.draws);
    if (drawn.every((seconds) => seconds >= wanted.from && seconds <= wanted.to)) return candidate;
  }
  throw new SheetError(
    `ECHO_DELAY_SECONDS is "${from === to ? from : `${from}-${to}`}"; allowed for the stage ${stage.id}: a range with ${wanted.from} to ${wanted.to} seconds in it, such as the default 0-10`,
  );
}

function delaysOf(server: string, seed: string, range: SecondsRange, draws: number): number[] {
  const profile = { kind: 'script', steps: ['delay'] } as const;
  const faults = new Faults(server, faultNames, { profile, seed });
  const message = new Message(Buffer.alloc(0));
  return Array.from({ length: draws }, () => {
    const { detail } = faults.next();
    return delay.draw(message, detail, { loss: 'notice', delay: range }).delay_ms / 1000;
  });
}
