import type { ITheme, Terminal as XTerm } from '@xterm/xterm';
import type { Texts } from '../page/texts/texts.ts';
import { meaningOf } from './keys.ts';
import { FitAddon } from './packages/addon-fit.mjs';
import { Terminal } from './packages/xterm.mjs';

/** Sizes of the letters, in pixels. */
const LETTERS = { small: 12, middle: 14, large: 22 } as const;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What shows the shell and takes what is typed. */
export class Screen {
  readonly #terminal: XTerm;
  readonly #fit = new FitAddon();
  readonly #element: HTMLElement;
  onTyped: (text: string) => void = () => undefined;
  onBinary: (bytes: Uint8Array) => void = () => undefined;
  onSize: (size: Size) => void = () => undefined;
  onLeave: () => void = () => undefined;

  constructor(element: HTMLElement, texts: Texts['terminal']) {
    this.#element = element;
    Terminal.strings.promptLabel = texts.input;
    Terminal.strings.tooMuchOutput = texts.tooMuchOutput;
    this.#terminal = new Terminal({
      fontFamily:
        'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace',
      // Less would cut the underscores of some fonts.
      lineHeight: 1.2,
      minimumContrastRatio: 4.5,
      scrollback: 5_000,
      // What a program calls a link leads nowhere from here.
      linkHandler: { activate: () => undefined },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(element);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#onKey(event));
    this.#terminal.onData((text) => this.onTyped(text));
    this.#terminal.onBinary((text) => this.onBinary(Uint8Array.from(text, (one) => one.charCodeAt(0))));
    this.#terminal.onResize(() => this.onSize(this.size));
    new ResizeObserver(() => this.#fill()).observe(element);
    addEventListener('focus', () => {
      if (document.activeElement === document.body) this.#terminal.focus();
    });
  }

  get size(): Size {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Makes room for a new shell. */
  begin(): void {
    this.#terminal.reset();
  }

  write(bytes: Uint8Array, shown: () => void): void {
    this.#terminal.write(bytes, shown);
  }

  look(theme: ITheme, letters: keyof typeof LETTERS): void {
    this.#terminal.options.theme = theme;
    this.#terminal.options.fontSize = LETTERS[letters];
    this.#fill();
  }

  /** Whether a screen reader can read it. That is slower. */
  set isForReader(is: boolean) {
    this.#terminal.options.screenReaderMode = is;
  }

  /** Has as many columns and rows as there is room for. */
  #fill(): void {
    const { clientWidth, clientHeight } = this.#element;
    if (clientWidth > 0 && clientHeight > 0) this.#fit.fit();
  }

  /** Returns whether the terminal may have the key. */
  #onKey(event: KeyboardEvent): boolean {
    const meaning = meaningOf(event);
    if (meaning === undefined) return true;
    event.preventDefault();
    if (meaning === 'leave') this.onLeave();
    // The terminal itself fills the clipboard with what is selected.
    else document.execCommand('copy');
    return false;
  }
}
