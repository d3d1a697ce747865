import { type Exposure, type ExposureKind, exposureKinds } from '#analysis/exposure/exposed.ts';

/** Frames with an exposure, each once. */
interface Frames {
  readonly frames: readonly number[];
  /** How many more frames there are; undefined if there are none. */
  readonly moreFrames?: number | undefined;
}

/** One exposed text. */
interface Group extends Frames {
  readonly text: string;
  readonly count: number;
}

/** All exposures of one kind. */
export interface Summary extends Frames {
  readonly what: ExposureKind;
  readonly count: number;
  /** Each text with its frames. Bodies have none: the dumps show them. */
  readonly texts: readonly Group[];
  /** How many exposures have a text that is not listed; undefined if there are none. */
  readonly moreTexts?: number | undefined;
}

/** The most frames and texts of each kind that are kept, and frames of its texts; others are counted. */
const KEPT = 10_000;
/** How many of them the closing line names; others are counted. */
const NAMED_FRAMES = 20;
const NAMED_TEXTS = 50;
/** The most characters of a text that it shows. */
const SHOWN = 60;

const words: Readonly<Record<ExposureKind, readonly [one: string, more: string]>> = {
  body: ['body', 'bodies'],
  credentials: ['password', 'passwords'],
  'bearer token': ['bearer token', 'bearer tokens'],
  cookie: ['cookie', 'cookies'],
};

/** Counts exposures by kind and text, with bounded memory. */
export class Exposures {
  readonly #kinds = new Map<ExposureKind, Kind>();

  add(frame: number, { what, text }: Exposure): void {
    const kind = this.#kinds.get(what) ?? new Kind();
    this.#kinds.set(what, kind);
    kind.add(frame, what === 'body' ? undefined : text);
  }

  addAll(frame: number, exposed: readonly Exposure[]): void {
    for (const exposure of exposed) this.add(frame, exposure);
  }

  get summaries(): Summary[] {
    return exposureKinds.flatMap((what) => {
      const kind = this.#kinds.get(what);
      return kind ? [{ what, ...kind.summary }] : [];
    });
  }

  /** The closing line. */
  get line(): string {
    const parts = this.summaries.map(describe);
    return `Exposed in plain text: ${parts.length === 0 ? 'nothing' : parts.join(', ')}`;
  }
}

class Kind {
  readonly #all = new Finds();
  readonly #texts = new Map<string, Finds>();
  #underTexts = 0;
  #moreTexts = 0;

  add(frame: number, text: string | undefined): void {
    this.#all.add(frame, this.#all.frames.length < KEPT);
    if (text === undefined) return;
    const known = this.#texts.get(text);
    if (known) {
      if (known.add(frame, this.#underTexts < KEPT)) this.#underTexts += 1;
    } else if (this.#texts.size < KEPT) {
      const finds = new Finds();
      finds.add(frame, true);
      this.#texts.set(text, finds);
    } else {
      this.#moreTexts += 1;
    }
  }

  get summary(): Omit<Summary, 'what'> {
    const texts = Array.from(this.#texts, ([text, finds]) => ({ text, ...finds.summary }));
    return { ...this.#all.summary, texts, moreTexts: this.#moreTexts || undefined };
  }
}

/** A count of exposures, and their frames. */
class Finds {
  readonly frames: number[] = [];
  #count = 0;
  #more = 0;
  #latest: number | undefined;

  /** Returns whether the frame was added to the list. */
  add(frame: number, hasPlace: boolean): boolean {
    this.#count += 1;
    if (frame === this.#latest) return false;
    this.#latest = frame;
    if (hasPlace) this.frames.push(frame);
    else this.#more += 1;
    return hasPlace;
  }

  get summary(): Frames & { readonly count: number } {
    return { count: this.#count, frames: this.frames, moreFrames: this.#more || undefined };
  }
}

function describe(summary: Summary): string {
  const { what, count, texts } = summary;
  const [one, more] = words[what];
  const named = texts.slice(0, NAMED_TEXTS);
  const others = count - named.reduce((sum, group) => sum + group.count, 0);
  const details = named.map((group) => `${framesOf(group)}: ${cut(group.text)}`);
  if (named.length === 0) details.push(framesOf(summary));
  else if (others > 0) details.push(`and ${others} more`);
  return `${count} ${count === 1 ? one : more} (${details.join('; ')})`;
}

function framesOf({ frames, moreFrames = 0 }: Frames): string {
  const named = frames.slice(0, NAMED_FRAMES);
  const others = frames.length - named.length + moreFrames;
  const isOne = named.length + others === 1;
  return `${isOne ? 'frame' : 'frames'} ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
