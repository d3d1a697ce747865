import { type Exposure, type ExposureKind, exposureKinds } from '../exposed.ts';

/** What one text was exposed in. */
interface Group {
  readonly text: string;
  count: number;
  /** The first of them. */
  readonly frames: number[];
}

/** Of one kind. */
export interface Summary {
  readonly what: ExposureKind;
  readonly count: number;
  /** The first of them. */
  readonly frames: readonly number[];
  /** The first texts, with their first frames. None of bodies: the dumps show them. */
  readonly texts: readonly Readonly<Group>[];
}

/** How many frames and texts are named; the others are counted. */
const NAMED = 3;
const SHOWN = 60;

const words: Readonly<Record<ExposureKind, readonly [one: string, more: string]>> = {
  body: ['body', 'bodies'],
  credentials: ['password', 'passwords'],
  'bearer token': ['bearer token', 'bearer tokens'],
  cookie: ['cookie', 'cookies'],
};

/** Sums up what frames have exposed. It keeps the first few of each kind, however many there are. */
export class Exposures {
  readonly #kinds = new Map<ExposureKind, { count: number; frames: number[]; texts: Group[] }>();

  add(frame: number, { what, text }: Exposure): void {
    const kind = this.#kinds.get(what) ?? { count: 0, frames: [], texts: [] };
    this.#kinds.set(what, kind);
    kind.count += 1;
    if (kind.frames.length < NAMED && !kind.frames.includes(frame)) kind.frames.push(frame);
    if (what === 'body') return;
    const known = kind.texts.find((group) => group.text === text);
    if (known) {
      known.count += 1;
      if (known.frames.length < NAMED) known.frames.push(frame);
    } else if (kind.texts.length < NAMED) {
      kind.texts.push({ text, count: 1, frames: [frame] });
    }
  }

  get summaries(): Summary[] {
    return exposureKinds.flatMap((what) => {
      const kind = this.#kinds.get(what);
      return kind ? [{ what, ...kind }] : [];
    });
  }

  /** The closing line. */
  get line(): string {
    const parts = this.summaries.map(describe);
    return `Exposed in plain text: ${parts.length === 0 ? 'nothing' : parts.join(', ')}`;
  }
}

function describe({ what, count, frames, texts }: Summary): string {
  const [one, more] = words[what];
  const said =
    texts.length === 0
      ? framesOf(frames, count)
      : texts.map(({ text, count, frames }) => `${framesOf(frames, count)}: ${cut(text)}`).join('; ');
  const counted = texts.reduce((sum, group) => sum + group.count, 0);
  return `${count} ${count === 1 ? one : more} (${said}${counted > 0 && counted < count ? '; …' : ''})`;
}

function framesOf(frames: readonly number[], count: number): string {
  const isOne = frames.length === 1 && count === 1;
  return `${isOne ? 'frame' : 'frames'} ${frames.join(', ')}${count > frames.length ? ', …' : ''}`;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
