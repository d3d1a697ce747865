import type { Layer, LivePacket, PacketDetail } from '../../contract.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { iconButton } from '../buttons.ts';
import { h, setAttributes } from '../dom.ts';
import { factsOf, fateOf, wayOf } from '../facts.ts';
import { type IconName, icon } from '../icons.ts';
import { asciiOf, bytesOf, hexOf, isPrintable } from '../model/bytes.ts';
import { gistOf } from '../model/kind.ts';
import { layerAt, layerOfByte } from '../model/tree.ts';
import { commentLine } from '../stage/caption.ts';
import { chipOf } from '../stage/glyph.ts';
import { Tabs } from '../tabs.ts';
import { BytesView } from './bytes.ts';
import { differingBytes } from './differing.ts';
import { LayerTree } from './tree.ts';

export interface PanelParts {
  readonly close: () => void;
  /** Shows the packets of the same conversation alone. */
  readonly follow: (packet: LivePacket) => void;
  readonly showOnStage: (id: number) => void;
  readonly copyLink: (id: number) => void;
}

type Host = PacketDetail['host'];

/** In pixels: a narrower panel has room for half as many bytes in a row. */
const NARROW = 470;

/** Everything about one packet: layers, bytes, comments, secrets, and its neighbours. */
export class PacketPanel {
  readonly element = h('div', { class: 'packet-panel' });
  readonly #app: App;
  readonly #parts: PanelParts;
  #asking = new AbortController();
  #id: number | undefined;
  #host: Host | undefined;
  #shown: LivePacket | undefined;

  constructor(app: App, parts: PanelParts) {
    this.#app = app;
    this.#parts = parts;
  }

  show(id: number | undefined): void {
    if (id === this.#id) return;
    this.#host = undefined;
    this.#load(id);
  }

  /** Draws the head again when something became known of the packet. */
  draw(): void {
    const packet = this.#id === undefined ? undefined : this.#app.session.packets.get(this.#id);
    if (!packet || packet === this.#shown || !this.#shown) return;
    this.#shown = packet;
    this.#keepFocus(() => {
      this.element.querySelector('.packet-head')?.replaceWith(this.#head(packet));
      this.element.querySelector('.packet-comments')?.replaceWith(this.#comments(packet));
    });
  }

  /** What takes the place of the element that has the focus gets it too; without one, the heading does. */
  #keepFocus(change: () => void): void {
    const focused = document.activeElement;
    const hadFocus = focused instanceof HTMLElement && this.element.contains(focused);
    change();
    if (!hadFocus || this.element.contains(document.activeElement)) return;
    const { key, tab } = focused.dataset;
    const same = key === undefined ? `[data-tab="${tab}"]` : `[data-key="${key}"]:not(:disabled)`;
    const next = [same, 'h2', 'button:not(:disabled)'].map((one) =>
      this.element.querySelector<HTMLElement>(one),
    );
    next.find((element) => element !== null)?.focus();
  }

  #load(id: number | undefined): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#id = id;
    this.#shown = undefined;
    if (id === undefined) {
      this.element.replaceChildren();
      setAttributes(this.element, { 'data-packet': undefined, 'data-host': undefined });
      return;
    }
    const packet = this.#app.session.packets.get(id);
    // The packet before stays until the answer is there, so that nothing flickers while one goes on by keys.
    if (this.element.childElementCount === 0) {
      const waits = h(
        'p',
        { class: 'loading' },
        h('span', { class: 'spinner', 'aria-hidden': 'true' }),
        this.#app.texts.packet.loading,
      );
      this.element.replaceChildren(packet ? this.#head(packet) : this.#bar(undefined), waits);
    }
    void this.#ask(id, this.#asking.signal);
  }

  async #ask(id: number, signal: AbortSignal): Promise<void> {
    const { ask } = this.#app;
    const from = this.#host === undefined ? '' : `?host=${this.#host}`;
    try {
      const detail = await ask.get<PacketDetail>(`/packets/${id}${from}`, { signal });
      const other = await this.#otherHost(detail, signal);
      if (!signal.aborted) this.#fill(detail, other);
    } catch (error) {
      if (!signal.aborted) this.#refuse(id, error);
    }
  }

  /** An altered packet is compared with what the other host captured. */
  async #otherHost(
    { packet, host, hosts }: PacketDetail,
    signal: AbortSignal,
  ): Promise<PacketDetail | undefined> {
    const other = hosts.find((one) => one !== host);
    if (packet.fate !== 'altered' || !other) return undefined;
    return this.#app.ask
      .get<PacketDetail>(`/packets/${packet.id}?host=${other}`, { signal })
      .catch(() => undefined);
  }

  #refuse(id: number, error: unknown): void {
    const packet = this.#app.session.packets.get(id);
    const problems = sentencesOf(error).map((problem) => h('p', { class: 'problem' }, problem));
    this.#keepFocus(() =>
      this.element.replaceChildren(packet ? this.#head(packet) : this.#bar(undefined), ...problems),
    );
  }

  #fill(detail: PacketDetail, other: PacketDetail | undefined): void {
    // The page may know more by now than the answer.
    const packet = this.#app.session.packets.get(detail.packet.id) ?? detail.packet;
    this.#shown = packet;
    this.#keepFocus(() =>
      this.element.replaceChildren(
        this.#head(packet),
        this.#comments(packet),
        ...this.#secrets(detail),
        this.#hostChoice(detail, other),
        this.#body(detail, other),
        this.#neighbours(packet),
      ),
    );
    setAttributes(this.element, { 'data-packet': packet.id, 'data-host': detail.host });
    const here = this.element.querySelector<HTMLElement>('.neighbours [aria-current]');
    const list = here?.closest('ol');
    // The row above is seen as a whole too.
    if (here && list) list.scrollTop = here.offsetTop - list.offsetTop - here.offsetHeight;
  }

  #head(packet: LivePacket): HTMLElement {
    const { texts, figures } = this.#app;
    const gist = gistOf(packet);
    const { client, server } = packet.frames;
    const frames = [
      ...(client === undefined ? [] : [texts.packet.inClient(figures.number(client))]),
      ...(server === undefined ? [] : [texts.packet.inServer(figures.number(server))]),
    ];
    return h(
      'div',
      { class: 'packet-head' },
      this.#bar(packet),
      h(
        'h2',
        { tabindex: -1 },
        h('span', { class: 'number' }, String(packet.id)),
        chipOf(gist, packet.direction === 'down', packet.fate === 'altered'),
        h('span', {}, gist.title),
      ),
      h(
        'p',
        { class: 'packet-facts' },
        h('span', { class: 'way' }, wayOf(packet, this.#app)),
        h('span', {}, packet.protocol),
        h('span', {}, factsOf(packet, this.#app)),
        h('span', { class: `fate is-${packet.fate}` }, fateOf(packet, this.#app)),
      ),
      h('p', { class: 'note' }, [texts.packet.sent(figures.clock(packet.time)), ...frames].join(' · ')),
    );
  }

  #bar(packet: LivePacket | undefined): HTMLElement {
    const { texts } = this.#app;
    const button = (name: IconName, label: string, act: () => void) =>
      iconButton(name, label, act, { key: name });
    const [before, after] = packet ? this.#around(packet) : [];
    const step = (name: IconName, label: string, to: LivePacket | undefined) => {
      const one = button(name, label, () => to && this.#go(to.id));
      one.disabled = to === undefined;
      return one;
    };
    return h(
      'div',
      { class: 'packet-bar' },
      step('up', texts.packet.before, before),
      step('down', texts.packet.after, after),
      packet && button('follow', texts.packet.follow, () => this.#parts.follow(packet)),
      packet && button('play', texts.packet.onStage, () => this.#parts.showOnStage(packet.id)),
      packet && button('link', texts.packet.link, () => this.#parts.copyLink(packet.id)),
      h('span', { class: 'grow' }),
      button('close', texts.packet.close, this.#parts.close),
    );
  }

  #go(id: number): void {
    this.#app.session.chosen.set(id);
    this.#app.session.opened.set(id);
  }

  /** The packets before and after it in its conversation. */
  #around({ id, conversation }: LivePacket): readonly (LivePacket | undefined)[] {
    const same = this.#app.session.packets.all.filter((one) => one.conversation === conversation);
    const at = same.findIndex((one) => one.id === id);
    return at < 0 ? [] : [same[at - 1], same[at + 1]];
  }

  #comments(packet: LivePacket): HTMLElement {
    return h(
      'div',
      { class: 'packet-comments' },
      ...packet.comments.map((comment) => commentLine(comment, this.#app)),
    );
  }

  #secrets({ secrets, packet }: PacketDetail): readonly HTMLElement[] {
    const what = [...new Set([...secrets.map((secret) => secret.what), ...packet.exposes])];
    if (what.length === 0) return [];
    const { texts } = this.#app;
    return [
      h('p', { class: 'secret-note' }, icon('key'), h('span', {}, texts.packet.secrets(what.join(', ')))),
    ];
  }

  #hostChoice({ host, hosts, packet }: PacketDetail, other: PacketDetail | undefined): HTMLElement {
    const { texts } = this.#app;
    const buttons = hosts.map((one) =>
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(one === host),
          'data-key': `host-${one}`,
          on: {
            click: () => {
              this.#host = one;
              this.#load(packet.id);
            },
          },
        },
        one === 'client' ? texts.packet.byClient : texts.packet.byServer,
      ),
    );
    return h(
      'div',
      { class: 'host-choice' },
      h('div', { class: 'segmented', role: 'group', 'aria-label': texts.packet.capturedBy }, ...buttons),
      other && h('span', { class: 'note' }, texts.packet.differs),
    );
  }

  #body(detail: PacketDetail, other: PacketDetail | undefined): HTMLElement {
    const { texts, figures } = this.#app;
    const { layers, sources, secrets } = detail;
    const box = h('div', { class: 'source-box', id: 'packet-source', role: 'tabpanel' });
    const status = h('p', { class: 'byte-status' });
    let source = 0;
    let view: BytesView | undefined;
    const look = (layer: Layer | undefined) => {
      if (layer && layer.source !== source && sources[layer.source]) showSource(layer.source);
      const { at, length = 0 } = layer ?? {};
      view?.mark(at === undefined ? undefined : { at, length }, true);
      status.textContent = layer?.filter ?? '';
    };
    const tree = new LayerTree({
      name: texts.packet.layers,
      layers,
      linkTo: (packet) => texts.facts.packet(packet),
      onLook: look,
      onPacket: (packet) => this.#go(packet),
    });
    const showSource = (index: number) => {
      source = index;
      tabs.show(String(index));
      view = new BytesView({
        name: texts.packet.bytesOf(sources[index]?.name ?? ''),
        bytes: bytesOf(sources[index]?.bytes ?? ''),
        width: this.element.clientWidth < NARROW ? 8 : 16,
        secrets: secrets.filter((secret) => secret.source === index),
        differing: index === 0 && other ? differingBytes(detail, other) : new Set(),
        moreText: (count) => texts.packet.more(figures.number(count)),
        describe: (byte, at) => {
          const found = layerOfByte(layers, index, at);
          const layer = found && layerAt(layers, found.path);
          const parts = [texts.packet.byte(at, hexOf(byte)), isPrintable(byte) && asciiOf(byte)];
          return [...parts, layer?.filter ?? layer?.label].filter(Boolean).join(', ');
        },
        onLook: (byte, isChosen) => {
          const found = byte === undefined ? undefined : layerOfByte(layers, index, byte);
          if (found && isChosen) tree.show(found.path, found.ancestors);
          tree.mark(found?.path);
        },
      });
      box.replaceChildren(view.element);
    };
    const tabs = new Tabs(
      texts.packet.sources,
      sources.map(({ name, bytes }, index) => ({
        name: String(index),
        label: `${name} · ${figures.bytes(bytes.length / 2)}`,
      })),
      { panelOf: () => 'packet-source', choose: (name) => showSource(Number(name)) },
    );
    showSource(0);
    return h(
      'div',
      { class: 'packet-body' },
      tree.element,
      h('div', { class: 'bytes-side' }, sources.length > 1 && tabs.element, box, status),
    );
  }

  /** Links to the packets of the same conversation around this one. */
  #neighbours(packet: LivePacket): HTMLElement {
    const { session, texts } = this.#app;
    const same = session.packets.all.filter(({ conversation }) => conversation === packet.conversation);
    const at = same.findIndex(({ id }) => id === packet.id);
    const near = same.slice(Math.max(0, at - 6), at + 9);
    const links = near.map((one) => {
      const gist = gistOf(one);
      const isDown = one.direction === 'down';
      return h(
        'li',
        {},
        h(
          'button',
          {
            type: 'button',
            class: `fate-${one.fate}`,
            'aria-current': one.id === packet.id ? 'true' : undefined,
            'data-key': one.id,
            on: { click: () => this.#go(one.id) },
          },
          h('span', { class: 'number' }, String(one.id)),
          h('span', { class: 'arrow', 'aria-hidden': 'true' }, isDown ? '←' : '→'),
          chipOf(gist, isDown, one.fate === 'altered'),
          h('span', { class: 'text' }, gist.title),
          one.fate === 'lost' && h('span', { class: 'sign' }, texts.stage.signs.lost),
        ),
      );
    });
    return h(
      'section',
      { class: 'neighbours' },
      h('h3', {}, texts.packet.conversation(same.length)),
      h('ol', {}, ...links),
    );
  }
}
