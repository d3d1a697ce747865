import type { Texts } from '../page/texts/texts.ts';
import type { LinkState } from './link.ts';

type TerminalTexts = Texts['terminal'];

/** The line below the terminal: how the connection is, keys, and the switch for a screen reader. */
export class Bar {
  readonly #texts: TerminalTexts;
  readonly #state: HTMLElement;
  readonly #reader: HTMLElement;
  onReader: (isOn: boolean) => void = () => undefined;

  constructor(element: HTMLElement, texts: TerminalTexts) {
    this.#texts = texts;
    this.#state = element.querySelector('#state')!;
    this.#reader = element.querySelector('#reader')!;
    this.#reader.textContent = texts.reader;
    this.#reader.addEventListener('click', () => {
      this.isForReader = !this.isForReader;
      this.onReader(this.isForReader);
    });
    const hints = [
      hintOf('Ctrl+Shift+.', texts.leaves),
      hintOf('Ctrl+Shift+C', texts.copies),
      hintOf('Ctrl+Shift+V', texts.pastes),
    ];
    element.querySelector('#keys')!.append(...hints);
  }

  get isForReader(): boolean {
    return this.#reader.ariaChecked === 'true';
  }

  set isForReader(is: boolean) {
    this.#reader.ariaChecked = String(is);
  }

  show(state: LinkState): void {
    const kind = state.is === 'connecting' || state.is === 'open' ? state.is : 'over';
    this.#state.dataset.state = kind;
    const text = wordsFor(state, this.#texts);
    this.#state.textContent = kind === 'over' ? `${text} ${this.#texts.again}` : text;
  }

  /** Says something that does not change the state. */
  say(text: string): void {
    this.#state.textContent = text;
  }

  focus(): void {
    this.#reader.focus();
  }
}

function hintOf(name: string, text: string): HTMLElement {
  const hint = document.createElement('span');
  const key = document.createElement('kbd');
  key.textContent = name;
  hint.append(key, ` ${text}`);
  return hint;
}

function wordsFor(state: LinkState, texts: TerminalTexts): string {
  if (state.is === 'ended') return texts.ended(state.code);
  if (state.is === 'stopped') return texts.stopped(state.reason);
  return texts[state.is];
}
