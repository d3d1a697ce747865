import type { LivePacket } from '../../contract.ts';
import type { App } from '../app.ts';
import { h } from '../dom.ts';
import { factsOf, fateOf, wayOf } from '../facts.ts';
import { gistOf } from '../model/kind.ts';
import { chipOf } from './glyph.ts';

/** The packet at the playhead in words, with what the journals have about it. */
export class Caption {
  readonly element = h('div', { class: 'caption' });
  readonly #app: App;
  #shown: LivePacket | undefined;
  #isEmpty = false;

  constructor(app: App) {
    this.#app = app;
  }

  draw(): void {
    const packet = this.#app.session.player.current?.packet;
    if (packet === this.#shown && (packet || this.#isEmpty)) return;
    this.#shown = packet;
    this.#isEmpty = packet === undefined;
    if (packet) this.element.replaceChildren(...this.#linesOf(packet));
    else this.element.replaceChildren(h('p', { class: 'caption-line' }, this.#app.texts.stage.nothing));
  }

  #linesOf(packet: LivePacket): readonly HTMLElement[] {
    const gist = gistOf(packet);
    const way = wayOf(packet, this.#app);
    const line = h(
      'p',
      { class: 'caption-line' },
      h('span', { class: 'number' }, String(packet.id)),
      h('span', { class: 'way' }, way),
      chipOf(gist, packet.direction === 'down', packet.fate === 'altered'),
      h('b', {}, gist.title),
      h('span', { class: 'facts' }, factsOf(packet, this.#app)),
      h('span', { class: `fate is-${packet.fate}` }, fateOf(packet, this.#app)),
    );
    return [line, ...packet.comments.slice(0, 2).map((comment) => commentLine(comment, this.#app))];
  }
}

const SIGNS = { confirmed: '✓', contradicted: '✗', unknown: '?' } as const;

/** A sentence of a journal, with a sign for its verdict. */
export function commentLine(
  { from, text, verdict }: LivePacket['comments'][number],
  { texts }: App,
): HTMLElement {
  return h(
    'p',
    { class: `comment is-${verdict}`, title: text },
    h('span', { class: 'verdict', title: texts.verdicts[verdict] }, SIGNS[verdict]),
    h('span', { class: 'from' }, from),
    h('span', { class: 'text' }, text),
  );
}
