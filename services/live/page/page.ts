import type { App } from './app.ts';
import { FilterBar } from './controls/filter.ts';
import { fill, h } from './dom.ts';
import { sentenceOf } from './facts.ts';
import { Header } from './header.ts';
import { helpDialog } from './help.ts';
import { Ladder } from './ladder/ladder.ts';
import { linkDialog } from './link-dialog.ts';
import { conversationOf } from './model/filters.ts';
import { gistOf } from './model/kind.ts';
import { linkTo, writeMoment } from './model/moment.ts';
import { slownesses } from './model/pace.ts';
import type { Connection } from './model/session.ts';
import { Value } from './model/value.ts';
import { PacketPanel } from './packet/panel.ts';
import { listenToKeys } from './shortcuts.ts';
import { Side, type SideName, sideNames, WIDE } from './side.ts';
import { Caption } from './stage/caption.ts';
import { pictureOf, pngFile, save, svgFile } from './stage/picture.ts';
import { Reel } from './stage/reel.ts';
import { Stage } from './stage/stage.ts';
import { Transport } from './stage/transport.ts';

/** Everything that is seen, put together. */
export class Page {
  readonly #app: App;
  readonly #stage: Stage;
  readonly #caption: Caption;
  readonly #transport: Transport;
  readonly #reel: Reel;
  readonly #ladder: Ladder;
  readonly #side: Side;
  readonly #panel: PacketPanel;
  readonly #filter: FilterBar;
  readonly #help: HTMLDialogElement;
  readonly #link: ReturnType<typeof linkDialog>;
  readonly #header: Header;
  readonly #dialog: HTMLDialogElement;
  readonly #banner = h('div', { class: 'banner', role: 'status' });
  readonly #isWide = matchMedia(WIDE);
  readonly #singleKeys: Value<boolean>;
  #announced = 0;
  #emptyFor = '';

  constructor(app: App, language: string) {
    this.#app = app;
    const open = (id: number) => this.open(id);
    this.#singleKeys = new Value(app.preferences.get('keys') !== 'off');
    this.#singleKeys.watch((is) => app.preferences.set('keys', is ? 'on' : 'off'));
    this.#stage = new Stage(app);
    this.#stage.drawing.addEventListener('click', ({ target }) => {
      const id =
        target instanceof Element ? target.closest<SVGElement>('[data-packet]')?.dataset.packet : undefined;
      if (id !== undefined) open(Number(id));
    });
    this.#caption = new Caption(app);
    this.#reel = new Reel(app);
    this.#transport = new Transport(app, this.#reel.element);
    this.#ladder = new Ladder(app, open);
    this.#side = new Side(app, { open, select: (id) => this.#select(id) });
    this.#filter = new FilterBar(app);
    this.#panel = new PacketPanel(app, {
      close: () => this.#close(),
      follow: (packet) => this.#toggleConversation(conversationOf(packet)),
      showOnStage: (id) => app.session.player.goTo(id),
      copyLink: (id) => void this.#copyLink(id),
    });
    this.#dialog = h(
      'dialog',
      {
        class: 'packet-dialog',
        'aria-label': app.texts.packet.name,
        on: { close: () => app.session.opened.set(undefined) },
      },
      this.#panel.element,
    );
    this.#help = helpDialog(app, this.#singleKeys);
    this.#link = linkDialog(app);
    this.#header = new Header(app, language, {
      projector: () => this.#toggleProjector(),
      picture: (isScalable) => void this.#savePicture(isScalable),
      link: () => void this.#copyLink(app.session.opened.get() ?? app.session.player.current?.packet.id),
      theme: () => this.#toggleTheme(),
      help: () => this.#help.showModal(),
      language: (one) => {
        app.preferences.set('language', one);
        location.reload();
      },
    });
    this.#watch();
    listenToKeys(this.#actions(), () => this.#singleKeys.get());
  }

  /** Puts the page into the document. */
  mount(root: HTMLElement): void {
    const { texts } = this.#app;
    const stage = h(
      'section',
      { class: 'stage', 'aria-label': texts.stage.name },
      this.#stage.element,
      h(
        'div',
        { class: 'caption-row' },
        this.#caption.element,
        h('div', { class: 'remarks' }, this.#transport.state, this.#stage.leftOut),
      ),
      this.#transport.element,
    );
    fill(
      root,
      h(
        'a',
        {
          class: 'skip',
          href: '#side-packets',
          on: {
            click: (event) => {
              event.preventDefault();
              this.#toLadder();
            },
          },
        },
        texts.bar.skip,
      ),
      this.#header.element,
      this.#banner,
      h('nav', { class: 'side-tabs', 'aria-label': texts.tabs.name }, this.#side.tabs),
      h(
        'main',
        { class: 'contents' },
        h('div', { class: 'main', id: 'side-packets' }, this.#filter.element, stage, this.#ladder.element),
        this.#side.element,
      ),
      this.#dialog,
      this.#help,
      this.#link.element,
    );
  }

  /** Opens a packet in its panel. */
  open(id: number): void {
    const { session } = this.#app;
    session.chosen.set(id);
    session.opened.set(id);
  }

  /** The server does not take the filter in force: the page goes on without one. */
  refuseFilter(problems: readonly string[]): void {
    const { filter } = this.#app;
    const refused = filter.get();
    filter.set('');
    this.#filter.refuse(refused, problems.join(' '));
  }

  draw(now: number): void {
    this.#stage.draw();
    this.#caption.draw();
    this.#transport.draw();
    this.#reel.draw(now);
    this.#ladder.draw();
    this.#panel.draw();
    this.#side.draw(now);
    this.#announce(now);
    this.#showEmpty();
  }

  #watch(): void {
    const { session, isProjector, filter, texts, figures, say } = this.#app;
    session.opened.watch((id) => this.#showPacket(id));
    // While a packet is open, it is the one where the reader is.
    session.chosen.watch((id) => {
      if (id !== undefined && session.opened.get() !== undefined) session.opened.set(id);
    });
    this.#isWide.addEventListener('change', () => this.#showPacket(session.opened.get()));
    isProjector.watch((is) => document.documentElement.classList.toggle('is-projector', is));
    const banner = () => {
      const connection = session.connection.get();
      const reasons: Partial<Record<Connection, readonly string[]>> = {
        gone: [texts.gone],
        refused: [texts.refused],
        declined: session.declined.get(),
      };
      const own = reasons[connection] ?? [];
      const missing = session.missing.get();
      const all = [
        ...own,
        ...(missing > 0 ? [texts.missing(missing, figures.number(missing))] : []),
        ...session.problems.get().map(({ text }) => text),
      ];
      this.#banner.replaceChildren(...all.map((text) => h('p', {}, text)));
    };
    session.connection.watch(banner);
    session.declined.watch(banner);
    session.problems.watch(banner);
    session.missing.watch(banner);
    session.earliest.watch((id) => {
      if (id > 1 && !session.isPlayed) say(texts.ladder.noEarlier);
    });
    const link = () => {
      const moment = { packet: session.opened.get(), speed: session.speed.get(), filter: filter.get() };
      history.replaceState(null, '', writeMoment(moment) || location.pathname);
    };
    session.opened.watch(link);
    session.speed.watch(link);
    filter.watch(link);
  }

  #showPacket(id: number | undefined): void {
    this.#panel.show(id);
    const isOpen = id !== undefined;
    document.body.classList.toggle('has-packet', isOpen);
    if (!isOpen) {
      if (this.#dialog.open) this.#dialog.close();
      return;
    }
    const isModal = this.#dialog.matches(':modal');
    if (this.#dialog.open && isModal !== this.#isWide.matches) return;
    if (this.#dialog.open) this.#dialog.close();
    const before = document.activeElement;
    if (this.#isWide.matches) {
      this.#dialog.show();
      // Beside the ladder, the reader stays in the list.
      if (before instanceof HTMLElement && before !== document.body) before.focus();
      else this.#ladder.focus();
    } else this.#dialog.showModal();
    if (this.#app.session.opened.get() === undefined) this.#app.session.opened.set(id);
  }

  #close(): void {
    this.#app.session.opened.set(undefined);
    this.#ladder.focus();
  }

  /** Shows a packet in the ladder. One that is not there is opened. */
  #select(id: number): void {
    const { session } = this.#app;
    if (!session.packets.get(id)) {
      this.open(id);
      return;
    }
    this.#showPackets();
    session.chosen.set(id);
    this.#ladder.reveal(id);
    // On a wide page the reader stays where the link is.
    if (!this.#isWide.matches) this.#ladder.focus();
  }

  /** On a narrow page, the packets are one of the tools. */
  #showPackets(): void {
    if (!this.#isWide.matches) this.#side.choose('packets');
  }

  #toLadder(): void {
    this.#showPackets();
    this.#ladder.focus();
  }

  #toggleConversation(conversation: string): void {
    const { filter } = this.#app;
    filter.set(filter.get() === conversation ? '' : conversation);
  }

  #toggleProjector(): void {
    const { isProjector } = this.#app;
    isProjector.set(!isProjector.get());
  }

  #toggleTheme(): void {
    const isDark =
      getComputedStyle(document.documentElement).colorScheme === 'dark' ||
      (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
    const theme = isDark ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    this.#app.preferences.set('theme', theme);
  }

  #changeSpeed(by: 1 | -1): void {
    const { speed } = this.#app.session;
    const at = slownesses.indexOf(speed.get()) + by;
    const next = slownesses[Math.min(slownesses.length - 1, Math.max(0, at))];
    if (next !== undefined) speed.set(next);
  }

  #actions() {
    const { session, isProjector } = this.#app;
    const { player } = session;
    const tab = (index: number) => () => {
      const name: SideName | undefined = sideNames[index];
      if (!name || !this.#side.isAllowed(name)) return;
      // A packet that is open is in place of the tools.
      session.opened.set(undefined);
      this.#side.choose(name);
      this.#side.focus();
    };
    return {
      ' ': () => this.#transport.toggle(),
      '.': () => player.step(1),
      ',': () => player.step(-1),
      '+': () => this.#changeSpeed(-1),
      '-': () => this.#changeSpeed(1),
      l: () => {
        this.#ladder.follow();
        void session.follow();
      },
      g: () => this.#toLadder(),
      '/': () => {
        this.#showPackets();
        this.#filter.focus();
      },
      c: () => {
        const id = session.opened.get() ?? session.chosen.get() ?? player.current?.packet.id;
        const packet = id === undefined ? undefined : session.packets.get(id);
        if (packet) this.#toggleConversation(conversationOf(packet));
      },
      p: () => this.#toggleProjector(),
      e: () => void this.#savePicture(false),
      E: () => void this.#savePicture(true),
      '?': () => this.#help.showModal(),
      '1': tab(1),
      '2': tab(2),
      '3': tab(3),
      '4': tab(4),
      '5': tab(5),
      Escape: () => {
        if (session.opened.get() !== undefined) this.#close();
        else if (isProjector.get()) isProjector.set(false);
      },
    };
  }

  async #copyLink(packet: number | undefined): Promise<void> {
    const { session, filter, texts, say } = this.#app;
    const hash = writeMoment({ packet, speed: session.speed.get(), filter: filter.get() });
    history.replaceState(null, '', hash || location.pathname);
    const { link, isForAll } = linkTo(location, hash, session.hello.get()?.forClass);
    try {
      // A browser has no clipboard for a page that came over HTTP from another machine.
      await navigator.clipboard.writeText(link);
      say(isForAll ? texts.bar.linkCopied : texts.bar.linkHere);
    } catch {
      this.#link.show(link);
    }
  }

  /** The moment as a picture: a PNG for a sheet, or an SVG that can be scaled. */
  async #savePicture(isScalable: boolean): Promise<void> {
    const { session, texts, figures, say } = this.#app;
    const current = session.player.current?.packet;
    const picture = pictureOf({
      stage: this.#stage.drawing,
      items: this.#ladder.items,
      current: current?.id,
      describe: (item) =>
        item.kind === 'packet'
          ? {
              label: gistOf(item.packet).title,
              time: item.gap === undefined ? '' : `+${figures.duration(Math.max(0, item.gap))}`,
            }
          : { label: '', time: '' },
      footer: texts.picture.footer(figures.clock(current?.time ?? session.now)),
    });
    const name = `wirelab-${current?.id ?? 'moment'}`;
    try {
      if (isScalable) save(svgFile(picture), `${name}.svg`);
      else save(await pngFile(picture), `${name}.png`);
      say(texts.picture.saved);
    } catch {
      say(texts.picture.failed);
    }
  }

  /** Offers the newest packet to screen readers. */
  #announce(now: number): void {
    const { session, texts } = this.#app;
    const { packets, announcer } = session;
    const newest = packets.all.at(-1);
    if (newest && newest.id > this.#announced) {
      const count = this.#announced === 0 ? 1 : newest.id - this.#announced;
      announcer.offer(texts.announce(count, sentenceOf(newest, this.#app)));
    }
    if (announcer.tick(now)) this.#announced = newest?.id ?? 0;
  }

  /** What to do first, while there is no packet. */
  #showEmpty(): void {
    const { session, filter, texts } = this.#app;
    const hello = session.hello.get();
    if (!hello || session.packets.all.length > 0) return;
    const canSend = hello.rights === 'control' && hello.hasCommands && !session.isPlayed;
    const key = `${canSend} ${filter.get() !== ''} ${session.isPlayed} ${session.isRead}`;
    if (key === this.#emptyFor) return;
    this.#emptyFor = key;
    const { nothing } = texts;
    const box = h('div', { class: 'nothing' });
    if (filter.get() !== '') {
      const clear = h(
        'button',
        { type: 'button', class: 'primary', on: { click: () => filter.set('') } },
        nothing.clear,
      );
      fill(box, h('p', { class: 'nothing-title' }, nothing.filtered), clear);
    } else if (session.isPlayed) {
      fill(box, h('p', { class: 'nothing-title' }, session.isRead ? nothing.played : texts.state.reading));
    } else {
      const send = h(
        'button',
        { type: 'button', class: 'primary', on: { click: () => void this.#side.commands.startFirst() } },
        nothing.button,
      );
      fill(
        box,
        h('p', { class: 'nothing-title' }, nothing.title),
        h('p', {}, canSend ? nothing.control : nothing.view),
        canSend && send,
        h('p', { class: 'note' }, `${nothing.typed}: `, h('code', {}, 'make echo MSG=hello')),
      );
    }
    this.#ladder.empty = box;
  }
}
