import type { Ask } from './ask.ts';
import type { Frames } from './frames.ts';
import type { Figures } from './model/figures.ts';
import type { Session } from './model/session.ts';
import type { Value } from './model/value.ts';
import type { Preferences } from './preferences.ts';
import type { Texts } from './texts/texts.ts';

/** What all parts of the page share. */
export interface App {
  readonly session: Session;
  readonly texts: Texts;
  readonly figures: Figures;
  readonly ask: Ask;
  readonly frames: Frames;
  readonly preferences: Preferences;
  /** The display filter in force. */
  readonly filter: Value<string>;
  readonly isProjector: Value<boolean>;
  /** Whether the reader wants no motion. */
  readonly isStill: () => boolean;
  /** Says something to a screen reader at once: what somebody has just done. */
  readonly say: (text: string) => void;
}
