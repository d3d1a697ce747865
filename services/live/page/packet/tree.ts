import type { Layer } from '../../contract.ts';
import { h, setAttributes } from '../dom.ts';
import { icon } from '../icons.ts';
import { type Branch, branchesOf, layerAt, openedAtFirst, parentOf } from '../model/tree.ts';

export interface TreeParts {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** The text of a link to another packet. */
  readonly linkTo: (packet: number) => string;
  /** The reader is at a layer, or at none. */
  readonly onLook: (layer: Layer | undefined) => void;
  readonly onPacket: (packet: number) => void;
}

/** Wireshark's layers as a tree, by mouse and by keyboard. */
export class LayerTree {
  readonly element: HTMLElement;
  readonly #parts: TreeParts;
  readonly #open: Set<string>;
  #branches: readonly Branch[] = [];
  #cursor: string;

  constructor(parts: TreeParts) {
    this.#parts = parts;
    this.#open = openedAtFirst(parts.layers);
    this.#cursor = [...this.#open][0] ?? '0';
    this.element = h('div', {
      class: 'tree',
      'data-key': 'tree',
      role: 'tree',
      tabindex: 0,
      'aria-label': parts.name,
      on: {
        keydown: (event) => this.#key(event),
        click: (event) => this.#click(event),
        mouseover: (event) => this.#look(pathOf(event)),
        mouseleave: () => this.#look(this.#isFocused ? this.#cursor : undefined),
        focus: () => this.#look(this.#cursor),
        blur: () => this.#look(undefined),
      },
    });
    this.#draw();
  }

  get #isFocused(): boolean {
    return document.activeElement === this.element;
  }

  /** Opens the layers around one, and goes there. */
  show(path: string, ancestors: readonly string[]): void {
    for (const one of ancestors) this.#open.add(one);
    this.#cursor = path;
    this.#draw();
    this.#rowOf(path)?.scrollIntoView({ block: 'nearest' });
  }

  /** Marks the layer of a byte that is looked at, as far as it is open. */
  mark(path: string | undefined): void {
    for (const row of this.element.querySelectorAll('.is-marked')) row.classList.remove('is-marked');
    for (let one = path; one !== undefined; one = parentOf(one)) {
      const row = this.#rowOf(one);
      if (!row) continue;
      row.classList.add('is-marked');
      return;
    }
  }

  #draw(): void {
    this.#branches = branchesOf(this.#parts.layers, this.#open);
    this.element.replaceChildren(...this.#branches.map((branch) => this.#row(branch)));
    setAttributes(this.element, { 'aria-activedescendant': idOf(this.#cursor) });
  }

  #row({ layer, path, depth, isOpen, position, siblings }: Branch): HTMLElement {
    const hasMore = layer.layers.length > 0;
    const { severity, packet } = layer;
    const row = h(
      'div',
      {
        class: `branch${path === this.#cursor ? ' is-cursor' : ''}${depth === 1 ? ' is-layer' : ''}${severity ? ` severity-${severity}` : ''}`,
        role: 'treeitem',
        id: idOf(path),
        'data-path': path,
        'aria-level': depth,
        'aria-posinset': position,
        'aria-setsize': siblings,
        'aria-expanded': hasMore ? String(isOpen) : undefined,
        'aria-selected': String(path === this.#cursor),
        title: layer.filter,
      },
      h(
        'span',
        { class: hasMore ? 'twisty' : 'twisty is-leaf', 'aria-hidden': 'true' },
        hasMore && (isOpen ? '▾' : '▸'),
      ),
      (severity === 'warning' || severity === 'error') && icon('warning'),
      h('span', { class: 'branch-text' }, layer.label),
      packet !== undefined &&
        h('span', { class: 'to-packet', 'data-to': packet }, this.#parts.linkTo(packet)),
    );
    row.style.setProperty('--depth', String(depth - 1));
    return row;
  }

  #rowOf(path: string): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(`[data-path="${path}"]`);
  }

  #look(path: string | undefined): void {
    this.#parts.onLook(path === undefined ? undefined : layerAt(this.#parts.layers, path));
  }

  #click(event: MouseEvent): void {
    const to = event.target instanceof Element && event.target.closest<HTMLElement>('[data-to]')?.dataset.to;
    if (to) {
      this.#parts.onPacket(Number(to));
      return;
    }
    const path = pathOf(event);
    if (path === undefined) return;
    this.#cursor = path;
    this.#toggle(path);
  }

  #toggle(path: string): void {
    if (this.#open.has(path)) this.#open.delete(path);
    else this.#open.add(path);
    this.#draw();
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#branches.findIndex(({ path }) => path === this.#cursor);
    const goals: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: this.#branches.length - 1,
    };
    const goal = goals[event.key];
    if (goal !== undefined) this.#goTo(this.#branches[goal]?.path);
    else if (event.key === 'ArrowRight') this.#openOrEnter(this.#branches[at]);
    else if (event.key === 'ArrowLeft') this.#closeOrLeave(this.#branches[at]);
    else if (event.key === 'Enter' || event.key === ' ') this.#act(this.#branches[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #act(branch: Branch | undefined): void {
    if (branch?.layer.packet !== undefined) this.#parts.onPacket(branch.layer.packet);
    else if (branch) this.#toggle(branch.path);
  }

  #openOrEnter(branch: Branch | undefined): void {
    if (!branch || branch.layer.layers.length === 0) return;
    if (branch.isOpen) this.#goTo(`${branch.path}.0`);
    else this.#toggle(branch.path);
  }

  #closeOrLeave(branch: Branch | undefined): void {
    if (branch?.isOpen) this.#toggle(branch.path);
    else if (branch) this.#goTo(parentOf(branch.path));
  }

  #goTo(path: string | undefined): void {
    if (path === undefined || !this.#rowOf(path)) return;
    this.#rowOf(this.#cursor)?.classList.remove('is-cursor');
    this.#rowOf(this.#cursor)?.setAttribute('aria-selected', 'false');
    this.#cursor = path;
    const row = this.#rowOf(path);
    row?.classList.add('is-cursor');
    row?.setAttribute('aria-selected', 'true');
    row?.scrollIntoView({ block: 'nearest' });
    setAttributes(this.element, { 'aria-activedescendant': idOf(path) });
    this.#look(path);
  }
}

const idOf = (path: string) => `layer-${path.replaceAll('.', '-')}`;

function pathOf({ target }: Event): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-path]')?.dataset.path : undefined;
}
