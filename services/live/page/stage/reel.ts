import type { App } from '../app.ts';
import { h, s, setAttributes } from '../dom.ts';
import type { Film } from '../model/film.ts';

const HEIGHT = 40;
const MIDDLE = HEIGHT / 2;
/** In seconds. The drawing of the whole film is made anew no more often. */
const CALM = 0.2;

/** The time line: a bar for each packet, upwards for those to the server; the handle is the moment of the stage. */
export class Reel {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #svg = s('svg', { class: 'reel-drawing', 'aria-hidden': 'true', height: HEIGHT });
  readonly #input: HTMLInputElement;
  #film: Film | undefined;
  #width = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(app: App) {
    this.#app = app;
    const { player } = app.session;
    this.#input = h('input', {
      type: 'range',
      class: 'reel-handle',
      min: 0,
      max: 1,
      step: 'any',
      'aria-label': app.texts.transport.timeline,
      on: {
        input: () => player.seek(Number(this.#input.value) * player.film.length),
        keydown: (event) => {
          const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
          if (by !== 1 && by !== -1) return;
          event.preventDefault();
          player.step(by);
        },
      },
    });
    this.element = h('div', { class: 'reel' }, this.#svg, this.#input);
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry?.contentRect.width ?? 0);
      this.#film = undefined;
    }).observe(this.element);
  }

  draw(now: number): void {
    const { player } = this.#app.session;
    const { film, position } = player;
    const share = film.length > 0 ? Math.min(1, position / film.length) : 1;
    if (Math.abs(Number(this.#input.value) - share) * this.#width > 0.5 || this.#film === undefined) {
      this.#input.value = String(share);
      const at = film.size > 0 ? this.#app.figures.clock(film.capturedAt(position)) : '';
      setAttributes(this.#input, { 'aria-valuetext': at });
    }
    if (film === this.#film || now - this.#drawnAt < CALM || this.#width === 0) return;
    this.#film = film;
    this.#drawnAt = now;
    this.#drawFilm(film);
  }

  #drawFilm(film: Film): void {
    const width = this.#width;
    const columns = columnsOf(film, width);
    const bars = (name: keyof Column, sign: 1 | -1) =>
      columns
        .map((column, x) =>
          column && column[name] > 0 ? `M${x + 0.5} ${MIDDLE}v${sign * column[name]}` : '',
        )
        .join('');
    setAttributes(this.#svg, { width, viewBox: `0 0 ${width} ${HEIGHT}` });
    this.#svg.replaceChildren(
      s('path', { class: 'axis', d: `M0 ${MIDDLE}H${width}` }),
      s('path', { class: 'bars', d: bars('up', -1) + bars('down', 1) }),
      s('path', { class: 'bars is-data', d: bars('upData', -1) + bars('downData', 1) }),
      s('path', { class: 'bars is-bad', d: bars('upBad', -1) + bars('downBad', 1) }),
    );
  }
}

/** The heights of the bars of a pixel. */
interface Column {
  up: number;
  down: number;
  upData: number;
  downData: number;
  upBad: number;
  downBad: number;
}

/** The height of the bar of a packet without data, with some, and with a full segment. */
const [EMPTY, SOME, FULL] = [6, 9, 17];

function columnsOf(film: Film, width: number): readonly (Column | undefined)[] {
  const columns = new Array<Column | undefined>(width);
  for (let index = 0; index < film.size; index += 1) {
    const x = Math.min(width - 1, Math.floor((film.leaves(index) / Math.max(film.length, 1e-9)) * width));
    const column = columns[x] ?? { up: 0, down: 0, upData: 0, downData: 0, upBad: 0, downBad: 0 };
    columns[x] = column;
    const { payload, fate, isTrouble, direction } = film.packet(index)!;
    const size = payload === 0 ? EMPTY : SOME + (FULL - SOME) * Math.min(1, payload / 1_448);
    const isBad = fate === 'lost' || fate === 'altered' || fate === 'unseen' || isTrouble;
    const what = isBad ? 'Bad' : payload > 0 ? 'Data' : '';
    const name = `${direction === 'down' ? 'down' : 'up'}${what}` as keyof Column;
    column[name] = Math.max(column[name], size);
  }
  return columns;
}
