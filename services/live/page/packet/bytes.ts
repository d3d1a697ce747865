import { h, setAttributes, setText } from '../dom.ts';
import { asciiOf, contains, hexOf, type Range } from '../model/bytes.ts';

export interface BytesParts {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Bytes of a row. */
  readonly width: number;
  readonly secrets: readonly Range[];
  /** Bytes that the other host captured otherwise. */
  readonly differing: ReadonlySet<number>;
  /** The text of the button for the rest of a long packet. */
  readonly moreText: (count: number) => string;
  /** A byte and its place in words, for a screen reader. */
  readonly describe: (byte: number, at: number) => string;
  /** The reader is at a byte, or at none; `isChosen` by a click or by keys. */
  readonly onLook: (byte: number | undefined, isChosen: boolean) => void;
}

/** Rows that are shown at first. */
const ROWS = 128;

/** Hex and text side by side. */
export class BytesView {
  readonly element: HTMLElement;
  readonly #parts: BytesParts;
  readonly #grid: HTMLElement;
  /** Says where the keys have moved. */
  readonly #said = h('p', { class: 'hidden', role: 'status' });
  readonly #cells = new Map<number, readonly HTMLElement[]>();
  #cursor: number | undefined;
  #rows = 0;

  constructor(parts: BytesParts) {
    this.#parts = parts;
    this.#grid = h('div', {
      class: parts.width < 16 ? 'bytes is-half' : 'bytes',
      // Its arrow keys are for the page, not for a screen reader that goes through a text.
      role: 'application',
      tabindex: 0,
      'data-key': 'bytes',
      'aria-label': parts.name,
      on: {
        mouseover: (event) => parts.onLook(byteOf(event) ?? this.#cursor, false),
        mouseleave: () => parts.onLook(this.#isFocused ? this.#cursor : undefined, false),
        click: (event) => this.#choose(byteOf(event)),
        keydown: (event) => this.#key(event),
        blur: () => parts.onLook(undefined, false),
      },
    });
    this.element = h('div', { class: 'bytes-box' }, this.#grid, this.#said);
    this.#addRows(ROWS);
  }

  get #isFocused(): boolean {
    return document.activeElement === this.#grid;
  }

  /** Marks the bytes of a layer, and brings them into sight. */
  mark(range: Range | undefined, isShown = false): void {
    for (const cell of this.element.querySelectorAll('.is-marked')) cell.classList.remove('is-marked');
    if (!range) return;
    if (isShown && range.at < this.#parts.bytes.length)
      this.#addRows(Math.ceil((range.at + 1) / this.#parts.width));
    const end = Math.min(range.at + range.length, this.#rows * this.#parts.width);
    for (let at = range.at; at < end; at += 1)
      for (const cell of this.#cells.get(at) ?? []) cell.classList.add('is-marked');
    if (isShown) this.#cells.get(range.at)?.[0]?.scrollIntoView({ block: 'nearest' });
  }

  #addRows(until: number): void {
    const { bytes, width } = this.#parts;
    const all = Math.ceil(bytes.length / width);
    const last = Math.min(all, Math.max(until, this.#rows));
    for (; this.#rows < last; this.#rows += 1) this.#grid.append(this.#row(this.#rows * width));
    this.element.querySelector('button')?.remove();
    const rest = bytes.length - this.#rows * width;
    if (rest <= 0) return;
    const more = () => this.#addRows(this.#rows + 4 * ROWS);
    this.element.append(h('button', { type: 'button', on: { click: more } }, this.#parts.moreText(rest)));
  }

  #row(at: number): HTMLElement {
    const bytes = [...this.#parts.bytes.subarray(at, at + this.#parts.width)];
    const cells = (show: (byte: number) => string, kind: string) =>
      bytes.map((byte, index) =>
        h('i', { class: this.#classOf(at + index, kind), 'data-at': at + index }, show(byte)),
      );
    const [hex, text] = [cells(hexOf, 'x'), cells(asciiOf, 't')];
    for (const index of bytes.keys()) this.#cells.set(at + index, [hex[index]!, text[index]!]);
    return h(
      'div',
      { class: 'bytes-row' },
      h('span', { class: 'offset' }, at.toString(16).padStart(4, '0')),
      h('span', { class: 'hex' }, ...hex),
      h('span', { class: 'ascii' }, ...text),
    );
  }

  #classOf(at: number, kind: string): string {
    const isSecret = this.#parts.secrets.some((secret) => contains(secret, at));
    return `${kind}${isSecret ? ' is-secret' : ''}${this.#parts.differing.has(at) ? ' is-different' : ''}`;
  }

  #key(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: this.#parts.width,
      ArrowUp: -this.#parts.width,
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const last = this.#parts.bytes.length - 1;
    this.#choose(this.#cursor === undefined ? 0 : Math.min(last, Math.max(0, this.#cursor + move)));
  }

  #choose(byte: number | undefined): void {
    if (byte === undefined) return;
    for (const cell of this.element.querySelectorAll('.is-cursor')) cell.classList.remove('is-cursor');
    this.#cursor = byte;
    this.#addRows(Math.floor(byte / this.#parts.width) + 1);
    for (const cell of this.#cells.get(byte) ?? []) cell.classList.add('is-cursor');
    this.#cells.get(byte)?.[0]?.scrollIntoView({ block: 'nearest' });
    setAttributes(this.#grid, { 'data-cursor': byte });
    setText(this.#said, this.#parts.describe(this.#parts.bytes[byte]!, byte));
    this.#parts.onLook(byte, true);
  }
}

function byteOf({ target }: Event): number | undefined {
  const at = target instanceof Element ? target.closest<HTMLElement>('[data-at]')?.dataset.at : undefined;
  return at === undefined ? undefined : Number(at);
}
