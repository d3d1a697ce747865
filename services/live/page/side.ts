import type { App } from './app.ts';
import { Charts } from './charts/charts.ts';
import { Commands } from './controls/commands.ts';
import { Controls } from './controls/controls.ts';
import { PrintedLog } from './controls/log.ts';
import { h, setAttributes } from './dom.ts';
import { SheetPanel } from './sheet/sheet.ts';
import { Tabs } from './tabs.ts';

/** At this width and above, the tools are beside the packets, and a packet is beside the ladder. */
export const WIDE = '(min-width: 1000px)';

export const sideNames = ['packets', 'commands', 'faults', 'charts', 'terminal', 'sheet'] as const;
export type SideName = (typeof sideNames)[number];

export interface SideParts {
  /** Opens a packet. */
  readonly open: (packet: number) => void;
  /** Shows a packet in the ladder. */
  readonly select: (packet: number) => void;
}

/** The tools at the side; on a narrow page the packets are one of them. */
export class Side {
  readonly element: HTMLElement;
  readonly tabs: HTMLElement;
  readonly commands: Commands;
  readonly #app: App;
  readonly #charts: Charts;
  readonly #log: PrintedLog;
  readonly #sheet: SheetPanel;
  readonly #tabs: Tabs<SideName>;
  readonly #panels: ReadonlyMap<SideName, HTMLElement>;
  #chosen: SideName = 'commands';
  /** Whether somebody has chosen a tool. */
  #wasChosen = false;

  constructor(app: App, { open, select }: SideParts) {
    this.#app = app;
    const { texts } = app;
    this.commands = new Commands(app);
    this.#charts = new Charts(app, open);
    this.#log = new PrintedLog(app);
    this.#sheet = new SheetPanel(app, select);
    const contents: Readonly<Record<Exclude<SideName, 'packets'>, readonly HTMLElement[]>> = {
      commands: [this.commands.element, this.#log.element],
      faults: [new Controls(app).element],
      charts: [this.#charts.element],
      terminal: [],
      sheet: [this.#sheet.element],
    };
    this.#panels = new Map(
      Object.entries(contents).map(([name, elements]) => [name as SideName, panelOf(name, elements)]),
    );
    this.#tabs = new Tabs(
      texts.tabs.name,
      sideNames.map((name) => ({ name, label: texts.tabs[name] })),
      {
        panelOf: (name) => `side-${name}`,
        choose: (name) => {
          this.#wasChosen = true;
          this.choose(name);
        },
      },
    );
    this.tabs = this.#tabs.element;
    this.element = h('section', { class: 'side', 'aria-label': texts.tabs.name }, ...this.#panels.values());
    app.session.hello.watch((hello) => {
      const canControl = hello?.rights === 'control' && !app.session.isPlayed;
      this.commands.element.hidden = !canControl || !hello.hasCommands;
      this.#allow('faults', canControl);
      this.#allow('terminal', canControl && hello.hasTerminal);
      this.#tabs.element.querySelector('[data-tab=commands]')!.textContent = canControl
        ? texts.tabs.commands
        : texts.tabs.lines;
      if (hello && !canControl && !['packets', 'charts', 'sheet'].includes(this.#chosen))
        this.choose(hello.played === undefined ? 'commands' : 'charts');
    });
    this.#sheet.isThere.watch((isThere) => this.#allowSheet(isThere));
    // On a narrow page the packets come first.
    this.choose(matchMedia(WIDE).matches ? 'commands' : 'packets');
  }

  choose(name: SideName): void {
    if (!this.isAllowed(name)) return;
    this.#chosen = name;
    this.#tabs.show(name);
    document.body.dataset.tab = name;
    for (const [one, panel] of this.#panels) panel.hidden = one !== name;
    if (name === 'terminal') this.#openTerminal();
  }

  /** Goes into the tool that is chosen; Tab goes on to what is in it. */
  focus(): void {
    const panel = this.#panels.get(this.#chosen);
    (panel?.querySelector('iframe') ?? panel)?.focus();
  }

  isAllowed(name: SideName): boolean {
    return !this.#tabs.element.querySelector<HTMLElement>(`[data-tab=${name}]`)?.hidden;
  }

  draw(now: number): void {
    this.#charts.draw(now);
    this.#log.draw();
  }

  #allow(name: SideName, isAllowed: boolean): void {
    this.#tabs.element.querySelector<HTMLElement>(`[data-tab=${name}]`)!.hidden = !isAllowed;
  }

  /** Somebody who has a sheet begins with it. */
  #allowSheet(isThere: boolean): void {
    this.#allow('sheet', isThere);
    const before = this.#app.session.isPlayed ? 'charts' : 'commands';
    if (isThere && this.#chosen === before && !this.#wasChosen) this.choose('sheet');
    if (!isThere && this.#chosen === 'sheet') this.choose(before);
  }

  /** The frame is made when it is wanted first, and stays. */
  #openTerminal(): void {
    const panel = this.#panels.get('terminal')!;
    if (panel.childElementCount > 0) return;
    const frame = h('iframe', { src: '/terminal/', title: this.#app.texts.terminal.name, class: 'terminal' });
    setAttributes(frame, { allow: 'clipboard-write' });
    panel.append(frame);
  }
}

function panelOf(name: string, elements: readonly HTMLElement[]): HTMLElement {
  return h(
    'div',
    {
      class: `side-panel is-${name}`,
      role: 'tabpanel',
      tabindex: 0,
      id: `side-${name}`,
      'aria-labelledby': `side-${name}-tab`,
    },
    ...elements,
  );
}
