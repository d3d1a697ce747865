import type { FrameRef } from '#analysis/capture/frames.ts';
import { nameOf } from '../seen/names.ts';
import type { Attempt, StageSeen } from '../seen/stage-seen.ts';

/** The request of the stages about HTTP, and the answer that they want. */
const REQUEST = 'GET /getbalance';
const SUCCESS = '200';

/** What the client must say in this stage, each text as often as it likes. */
export function textsOf({ stage, drawn }: StageSeen): readonly string[] {
  return stage.partner === 'http' ? [REQUEST] : drawn.messages;
}

/** What the program must print as accepted, each once. */
export function wantedOf({ stage, drawn }: StageSeen): readonly string[] {
  return stage.partner === 'http' ? [SUCCESS] : drawn.messages;
}

/** The attempts of each text, in order. Texts of the program's own count for none. */
export function triesOf(seen: StageSeen): readonly (readonly Attempt[])[] {
  return textsOf(seen).map((text) => seen.attempts.filter((one) => one.isRight && one.text === text));
}

/** The fault or the outcome that the server decided for an attempt; undefined without an entry. */
export function decisionOf({ match }: Attempt): string | undefined {
  return match && nameOf(match.entry);
}

/** The frame in which the answer of an attempt began. */
export function answerOf({ match }: Attempt): FrameRef | undefined {
  return match?.response[0];
}

/** Frames as `frame 12` or `frames 12, 14`; `no frame` without any. */
export function framesIn(frames: readonly FrameRef[], most = 6): string {
  if (frames.length === 0) return 'no frame';
  const numbers = frames.slice(0, most).map(({ number }) => number);
  const more = frames.length > most ? ` and ${frames.length - most} more` : '';
  return `frame${frames.length === 1 ? '' : 's'} ${numbers.join(', ')}${more}`;
}

/** A text of a program in quotes, cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Why no right message of the client is there: what it sent instead, or where it knocked. */
export function insteadOf(seen: StageSeen): {
  readonly shown: string;
  readonly frames: readonly FrameRef[];
} {
  const { attempts, strays, talks, ran } = seen;
  const texts = textsOf(seen);
  const other = attempts.find(({ text, isRight }) => !isRight || !texts.includes(text));
  const missing = texts.find((text) => !attempts.some((one) => one.text === text));
  if (!other && attempts.length > 0) {
    const frames = attempts.map(({ frame }) => frame);
    return { shown: `no attempt of ${quoted(missing ?? '')}; the others are in ${framesIn(frames)}`, frames };
  }
  if (other) {
    const why = other.isRight ? 'which is not what it was given' : 'whose checksum is missing or wrong';
    return { shown: `frame ${other.frame.number} says ${quoted(other.text)}, ${why}`, frames: [other.frame] };
  }
  const [stray] = strays;
  if (stray)
    return {
      shown: `nothing that the server takes for its message; frame ${stray.frame.number} goes to ${stray.to}`,
      frames: [stray.frame],
    };
  const [talk] = talks;
  const words = ran.stderr.trimEnd().split('\n').at(-1) ?? '';
  const said = words === '' ? '' : `; its last error: ${quoted(words)}`;
  if (talk)
    return {
      shown: `a connection, frame ${talk.begun.number}, and no message on it${said}`,
      frames: [talk.begun],
    };
  return { shown: `no packet of the program at all${said}`, frames: [] };
}
