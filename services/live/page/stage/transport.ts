import type { App } from '../app.ts';
import { iconButton } from '../buttons.ts';
import { h, setAttributes, setText } from '../dom.ts';
import { type IconName, icon } from '../icons.ts';
import { isSlowness, slownesses } from '../model/pace.ts';

/** Pause, steps, speed, and the way back to the newest packet. */
export class Transport {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #toggle: HTMLButtonElement;
  readonly #newest: HTMLButtonElement;
  readonly #newestText = h('span', {});
  /** How much is still to come. */
  readonly state = h('p', { class: 'to-come' });
  readonly #time = h('time', { class: 'transport-time' });
  #icon: IconName | undefined;

  /** @param reel the time line, which is among the buttons */
  constructor(app: App, reel: HTMLElement) {
    this.#app = app;
    const { player } = app.session;
    const { transport } = app.texts;
    this.#toggle = iconButton('pause', transport.pause, () => this.toggle());
    this.#newest = h(
      'button',
      { type: 'button', class: 'newest', on: { click: () => void app.session.follow() } },
      h('span', { class: 'dot', 'aria-hidden': 'true' }),
      this.#newestText,
    );
    this.element = h(
      'div',
      { class: 'transport', role: 'toolbar', 'aria-label': transport.name },
      iconButton('back', transport.back, () => player.step(-1)),
      this.#toggle,
      iconButton('forward', transport.forward, () => player.step(1)),
      speedChoice(app),
      reel,
      this.#time,
      this.#newest,
    );
  }

  toggle(): void {
    const { player } = this.#app.session;
    if (player.mode === 'paused') player.play();
    else player.pause();
  }

  draw(): void {
    const { session, texts, figures } = this.#app;
    const { player } = session;
    const isPaused = player.mode === 'paused';
    const name = isPaused ? 'play' : 'pause';
    if (name !== this.#icon) {
      this.#icon = name;
      const label = texts.transport[name];
      this.#toggle.replaceChildren(icon(name));
      setAttributes(this.#toggle, { 'aria-label': label, title: label });
    }
    const { film, position } = player;
    setText(this.#time, film.size === 0 ? '' : figures.clock(film.capturedAt(position)));
    const waiting = film.size - film.begun(position) + session.packets.later;
    setText(this.state, this.#stateOf(waiting));
    setText(this.#newestText, session.isPlayed ? texts.transport.toEnd : texts.transport.newest);
    setAttributes(this.#newest, { 'aria-pressed': String(player.mode === 'following') });
  }

  #stateOf(waiting: number): string {
    const { session, texts, figures } = this.#app;
    const { hurry } = session.player;
    if (waiting === 0) return '';
    const count = texts.transport.toCome(waiting, figures.number(waiting));
    return hurry > 1.05 ? `${count}, ${texts.transport.hurries(figures.number(hurry, 1))}` : count;
  }
}

function speedChoice({ session, texts, figures }: App): HTMLElement {
  const options = slownesses.map((slowness) =>
    h(
      'option',
      { value: slowness },
      slowness === 1 ? texts.transport.realTime : `1 : ${figures.number(slowness)}`,
    ),
  );
  const select = h(
    'select',
    {
      'aria-label': texts.transport.speed,
      on: {
        change: () => {
          const value = Number(select.value);
          if (isSlowness(value)) session.speed.set(value);
        },
      },
    },
    ...options,
  );
  session.speed.watch((slowness) => {
    select.value = String(slowness);
  });
  return h('span', { class: 'speed' }, h('span', { 'aria-hidden': 'true' }, texts.transport.speed), select);
}
