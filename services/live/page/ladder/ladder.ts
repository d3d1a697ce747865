import type { App } from '../app.ts';
import { h, setAttributes, setText } from '../dom.ts';
import { icon } from '../icons.ts';
import { type Item, itemsOf, keyOf } from '../model/items.ts';
import { linesAround, packetsAround } from '../model/lines.ts';
import { NONE } from '../model/session.ts';
import { Heights } from '../model/window.ts';
import { estimateOf, rowOf, type TimeMode, timeModes } from './row.ts';

/** Rows that are drawn above and below those in sight. */
const MORE = 4;
const MOST_ROUNDS = 4;
/** Pixels from the end that still count as the end. */
const NEAR_END = 48;
/** The most pixels that the pointer of a click moves. */
const STILL = 8;

interface Row {
  readonly item: Item;
  readonly element: HTMLElement;
}

/** The exchange as a ladder: time goes down, each arrow is a packet. Only the rows in sight are in the page. */
export class Ladder {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #open: (id: number) => void;
  readonly #list: HTMLElement;
  readonly #above = h('div', { role: 'presentation' });
  readonly #below = h('div', { role: 'presentation' });
  readonly #earlier: HTMLButtonElement;
  readonly #newest: HTMLButtonElement;
  readonly #newestText = h('span', {});
  readonly #timeButton: HTMLButtonElement;
  readonly #ends = { client: h('span', {}), server: h('span', {}) };
  readonly #empty = h('div', { class: 'ladder-empty' });
  readonly #rows = new Map<number, Row>();
  readonly #heights = new Heights();
  #items: readonly Item[] = [];
  #loaded = '';
  #timeMode: TimeMode = 'previous';
  #first = 0;
  #isFollowing = true;
  #isDirty = true;
  #anchor: { readonly key: number; readonly offset: number } | undefined;
  #current: number | undefined;
  #cursor: number | undefined;
  /** Where the pointer went down, and on which row. */
  #pressed: { readonly row: DOMStringMap | undefined; readonly x: number; readonly y: number } | undefined;
  #width = 0;
  /** As the list has them; to ask it would make the browser lay out the page anew. */
  #height = 0;
  #top = 0;
  /** The rows that were there when the reader stopped to follow. */
  #seen = 0;

  constructor(app: App, open: (id: number) => void) {
    this.#app = app;
    this.#open = open;
    const { ladder } = app.texts;
    this.#list = h('div', {
      class: 'rungs',
      role: 'listbox',
      tabindex: 0,
      'aria-label': ladder.list,
      on: {
        scroll: () => this.#scrolled(),
        keydown: (event) => this.#key(event),
        pointerdown: (event) => this.#press(event),
        click: (event) => this.#click(event),
      },
    });
    this.#list.append(this.#above, this.#below);
    this.#earlier = h(
      'button',
      { type: 'button', class: 'quiet', on: { click: () => void app.session.addEarlier() } },
      icon('up'),
      ladder.earlier,
    );
    this.#newest = h(
      'button',
      { type: 'button', class: 'to-newest', hidden: true, on: { click: () => this.follow() } },
      icon('newest'),
      this.#newestText,
    );
    this.#timeButton = h('button', {
      type: 'button',
      class: 'quiet time-mode',
      on: { click: () => this.#nextTimeMode() },
    });
    this.#showTimeMode();
    this.element = this.#build();
    this.#watch();
  }

  #build(): HTMLElement {
    const { stage, ladder } = this.#app.texts;
    return h(
      'section',
      { class: 'ladder', 'aria-label': ladder.name },
      h(
        'div',
        { class: 'ladder-head' },
        this.#timeButton,
        h(
          'div',
          { class: 'ends' },
          h('p', {}, h('b', {}, stage.client), this.#ends.client),
          this.#earlier,
          h('p', {}, h('b', {}, stage.server), this.#ends.server),
        ),
        h('p', { class: 'comments-head' }, ladder.comments),
      ),
      this.#list,
      this.#empty,
      this.#newest,
    );
  }

  #watch(): void {
    const { session, isProjector } = this.#app;
    const redraw = () => {
      this.#isDirty = true;
    };
    new ResizeObserver(() => {
      const { clientWidth: width, clientHeight } = this.#list;
      this.#height = clientHeight;
      if (width !== this.#width) this.#heights.forgetAll();
      this.#width = width;
      redraw();
    }).observe(this.#list);
    isProjector.watch(() => {
      this.#heights.forgetAll();
      redraw();
    });
    session.chosen.watch((id) => {
      if (id !== undefined) this.#cursor = keyOf('packet', id);
      redraw();
    });
    session.marked.watch(redraw);
    session.hello.watch((hello) => {
      setText(this.#ends.client, hello?.addresses.client ?? '');
      setText(this.#ends.server, hello?.addresses.server ?? '');
    });
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  set empty(element: HTMLElement) {
    this.#empty.replaceChildren(element);
  }

  focus(): void {
    this.#list.focus();
  }

  follow(): void {
    this.#isFollowing = true;
    this.#cursor = undefined;
    this.#isDirty = true;
    if (!this.#app.session.packets.isAtNewest) void this.#app.session.follow();
  }

  /** Brings a packet into sight. */
  reveal(id: number): void {
    const index = this.#indexOf(keyOf('packet', id));
    if (index < 0) return;
    const [top, bottom] = [this.#heights.top(index), this.#heights.top(index + 1)];
    this.#isFollowing = false;
    if (top < this.#top) this.#scrollTo(top - this.#height * 0.3);
    else if (bottom > this.#top + this.#height) this.#scrollTo(bottom - this.#height * 0.7);
    this.#isDirty = true;
  }

  draw(): void {
    if (this.#width === 0) return;
    this.#takeItems();
    this.#followStage();
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.#place();
    // Rows that come into sight may be higher than was thought, and others come into sight then.
    for (let rounds = 0; rounds < MOST_ROUNDS && this.#drawRows(); rounds += 1) {
      this.#layOut();
      this.#place();
    }
    // While rows were missing, the list was shorter, and the browser did not scroll as far as it was told.
    this.#list.scrollTop = this.#top;
    this.#showEnds();
  }

  #takeItems(): void {
    const { packets, lines, omissions, hello } = this.#app.session;
    const loaded = `${packets.version} ${lines.version} ${omissions.length} ${omissions.at(-1)?.after}`;
    if (loaded === this.#loaded) return;
    this.#loaded = loaded;
    if (packets.all.length > 0 && this.#first === 0) this.#first = packets.all[0]!.time;
    if (packets.all.length === 0) this.#first = 0;
    this.#items = itemsOf(packets.all, lines.all, omissions);
    this.#empty.hidden = this.#items.length > 0 || hello.get() === undefined;
    this.#layOut();
    this.#isDirty = true;
  }

  /** The packet of the stage is marked, and stays in sight while somebody steps through packets or a run is played. */
  #followStage(): void {
    const { player, isPlayed } = this.#app.session;
    const id = player.current?.packet.id;
    if (id === this.#current) return;
    this.#current = id;
    this.#isDirty = true;
    const goes = player.mode === 'paused' || (isPlayed && player.mode === 'playing');
    if (id !== undefined && goes && (this.#isFollowing || player.mode === 'paused')) {
      const wasFollowing = this.#isFollowing;
      this.reveal(id);
      this.#isFollowing = wasFollowing && player.mode !== 'paused';
    }
  }

  #layOut(): void {
    const isProjector = this.#app.isProjector.get();
    this.#heights.layOut(this.#items, (item) => estimateOf(item, isProjector));
  }

  /** Scrolls to the end, or so that the row at the top stays there. */
  #place(): void {
    this.#spread();
    const { player, isPlayed } = this.#app.session;
    const followsStage = isPlayed && player.mode === 'playing';
    if (this.#isFollowing && !followsStage) this.#scrollTo(this.#heights.total);
    else if (this.#anchor && !this.#isFollowing) {
      const index = this.#indexOf(this.#anchor.key);
      if (index >= 0) this.#scrollTo(this.#heights.top(index) + this.#anchor.offset);
    }
  }

  /** Gives the list the height of all rows, before anything scrolls. */
  #spread(): void {
    const { above, below } = this.#inSight();
    this.#above.style.height = `${above}px`;
    this.#below.style.height = `${below}px`;
  }

  #inSight() {
    return this.#heights.drawn(this.#top, this.#top + this.#height, MORE);
  }

  /** Returns whether a row has another height than was thought. */
  #drawRows(): boolean {
    const { from, to, above, below } = this.#inSight();
    const wanted = this.#items.slice(from, to);
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { element }] of this.#rows) {
      if (keys.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    this.#above.style.height = `${above}px`;
    this.#below.style.height = `${below}px`;
    let after: ChildNode = this.#above;
    for (const [index, item] of wanted.entries()) {
      const element = this.#rowOf(item);
      if (after.nextSibling !== element) after.after(element);
      after = element;
      this.#mark(item, element, from + index);
    }
    let isOther = false;
    for (const { key } of wanted)
      if (this.#heights.measure(key, this.#rows.get(key)!.element.offsetHeight)) isOther = true;
    return isOther;
  }

  #rowOf(item: Item): HTMLElement {
    const before = this.#rows.get(item.key);
    if (before && isSame(before.item, item)) return before.element;
    const element = rowOf(item, this.#app, { mode: this.#timeMode, first: this.#first });
    before?.element.remove();
    this.#rows.set(item.key, { item, element });
    return element;
  }

  #mark(item: Item, element: HTMLElement, index: number): void {
    const { chosen, marked } = this.#app.session;
    const { packets, lines } = marked.get();
    const isChosen = item.kind === 'packet' && item.packet.id === chosen.get();
    element.classList.toggle('is-chosen', isChosen);
    element.classList.toggle('is-cursor', item.key === this.#cursor);
    element.classList.toggle('is-now', item.kind === 'packet' && item.packet.id === this.#current);
    const isMarked =
      (item.kind === 'packet' && packets.has(item.packet.id)) ||
      (item.kind === 'line' && lines.has(item.line.number));
    element.classList.toggle('is-marked', isMarked);
    setAttributes(element, {
      'aria-selected': String(isChosen),
      'aria-setsize': this.#items.length,
      'aria-posinset': index + 1,
    });
  }

  #showEnds(): void {
    const { session, texts, figures } = this.#app;
    if (this.#isFollowing) this.#seen = this.#items.length;
    const more = Math.max(0, this.#items.length - this.#seen) + session.packets.later;
    setText(
      this.#newestText,
      more > 0 ? texts.ladder.newer(more, figures.number(more)) : texts.ladder.newest,
    );
    this.#newest.hidden = this.#isFollowing || this.#items.length === 0;
    this.#earlier.hidden = !session.hasEarlier;
    const cursor = this.#cursor === undefined ? undefined : this.#rows.get(this.#cursor)?.element.id;
    setAttributes(this.#list, { 'aria-activedescendant': cursor });
  }

  #scrollTo(top: number): void {
    const most = Math.max(0, this.#heights.total - this.#height);
    const goal = Math.min(Math.max(0, top), most);
    if (Math.abs(this.#top - goal) > 0.5) {
      this.#list.scrollTop = goal;
      this.#top = goal;
    }
    this.#keepAnchor();
  }

  /** Only the reader scrolls to another place than the list was put to. */
  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    if (Math.abs(scrollTop - this.#top) < 1.5) return;
    this.#top = scrollTop;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - NEAR_END;
    this.#isFollowing = isAtEnd && this.#app.session.packets.isAtNewest;
    if (isAtEnd && !this.#isCursorInSight) this.#cursor = undefined;
    this.#keepAnchor();
    this.#isDirty = true;
  }

  get #isCursorInSight(): boolean {
    const index = this.#cursor === undefined ? -1 : this.#indexOf(this.#cursor);
    const [top, bottom] = [this.#heights.top(index), this.#heights.top(index + 1)];
    return index >= 0 && bottom > this.#top && top < this.#top + this.#height;
  }

  #keepAnchor(): void {
    const index = this.#heights.at(this.#top);
    const item = this.#items[index];
    this.#anchor = item && { key: item.key, offset: this.#top - this.#heights.top(index) };
  }

  #indexOf(key: number): number {
    return this.#items.findLastIndex((item) => item.key === key);
  }

  #press({ target, clientX, clientY }: PointerEvent): void {
    this.#pressed = { row: rowAt(target), x: clientX, y: clientY };
  }

  /** Rows move and are drawn anew while packets arrive, so the row counts on which the pointer went down. */
  #click({ target, clientX, clientY, detail }: MouseEvent): void {
    // A click without a pointer, such as that of a screen reader, has no detail.
    const pressed = detail > 0 ? this.#pressed : undefined;
    if (pressed && Math.hypot(clientX - pressed.x, clientY - pressed.y) > STILL) return;
    const { packet, line } = pressed?.row ?? rowAt(target) ?? {};
    if (packet !== undefined) this.#open(Number(packet));
    else if (line !== undefined) this.#choose(this.#indexOf(keyOf('line', Number(line))));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#height / 60));
    const last = this.#items.length - 1;
    const at =
      this.#cursor === undefined
        ? this.#isFollowing
          ? last
          : this.#heights.at(this.#top)
        : this.#indexOf(this.#cursor);
    const isNew = this.#cursor === undefined;
    const goals: Readonly<Record<string, number>> = {
      ArrowDown: isNew ? at : at + 1,
      ArrowUp: isNew ? at : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
    };
    const goal = goals[event.key];
    if (goal !== undefined) this.#choose(Math.min(Math.max(0, goal), last));
    else if (event.key === 'Enter' || event.key === ' ') this.#openCursor();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #openCursor(): void {
    const item = this.#items.find(({ key }) => key === this.#cursor);
    if (item?.kind === 'packet') this.#open(item.packet.id);
  }

  #choose(index: number): void {
    const item = this.#items[index];
    if (!item) return;
    const { session } = this.#app;
    this.#cursor = item.key;
    this.#isFollowing = false;
    this.#isDirty = true;
    this.#revealIndex(index);
    if (item.kind === 'packet') {
      session.chosen.set(item.packet.id);
      session.marked.set({
        packets: NONE.packets,
        lines: new Set(linesAround(session.lines.all, item.packet.time)),
      });
    } else if (item.kind === 'line') {
      session.chosen.set(undefined);
      const near = packetsAround(session.packets.all, item.line.time);
      session.marked.set({ packets: new Set(near), lines: new Set([item.line.number]) });
    }
  }

  #revealIndex(index: number): void {
    const [top, bottom] = [this.#heights.top(index), this.#heights.top(index + 1)];
    if (top < this.#top) this.#scrollTo(top - 8);
    else if (bottom > this.#top + this.#height) this.#scrollTo(bottom - this.#height + 8);
  }

  #nextTimeMode(): void {
    this.#timeMode = timeModes[(timeModes.indexOf(this.#timeMode) + 1) % timeModes.length]!;
    this.#showTimeMode();
    for (const { element } of this.#rows.values()) element.remove();
    this.#rows.clear();
    this.#isDirty = true;
  }

  #showTimeMode(): void {
    const { ladder } = this.#app.texts;
    this.#timeButton.replaceChildren(ladder.times[this.#timeMode]);
    setAttributes(this.#timeButton, { 'aria-label': ladder.timesOf(ladder.times[this.#timeMode]) });
  }
}

/** What a row is of, by an element in it. */
function rowAt(target: EventTarget | null): DOMStringMap | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-packet], [data-line]') : null;
  return row?.dataset;
}

/** Whether a row has been drawn from the same. */
function isSame(one: Item, other: Item): boolean {
  if (one.kind === 'packet' && other.kind === 'packet')
    return one.packet === other.packet && one.gap === other.gap;
  if (one.kind === 'line' && other.kind === 'line') return one.line === other.line;
  return one.kind === 'omitted' && other.kind === 'omitted' && one.count === other.count;
}
