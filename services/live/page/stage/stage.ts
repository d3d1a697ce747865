import type { LivePacket, Tally } from '../../contract.ts';
import type { App } from '../app.ts';
import { h, s, setAttributes, setText } from '../dom.ts';
import { gistOf } from '../model/kind.ts';
import { type Actor, type Scene, sceneOf, type Waiting } from '../model/scene.ts';
import { type Geometry, geometryOf, glyphWidth, placeOf } from './geometry.ts';
import { chipOf, glyphOf } from './glyph.ts';
import { hostsOf } from './hosts.ts';
import { crossOf } from './shapes.ts';

/** How much larger everything is on a projector. */
const PROJECTED = 1.75;
/** In pixels: on a narrower stage there is no room for that. */
const LEAST_PROJECTED = 500;

/** A packet as it is drawn now, and what it depends on. */
interface Drawn {
  readonly packet: LivePacket;
  readonly group: SVGGElement;
  readonly isAltered: boolean;
  readonly part: Actor['part'];
  readonly width: number;
}

/** Both hosts, and the packets that travel between them. */
export class Stage {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #svg = s('svg', { class: 'scene', role: 'img' });
  readonly #trails = s('g', { class: 'trails' });
  readonly #packets = s('g', { class: 'packets' });
  readonly #waiting = s('g', { class: 'waiting' });
  readonly #cut = s('g', { class: 'cut' });
  /** What is not shown here, in words. */
  readonly leftOut = h('p', { class: 'left-out' });
  readonly #drawn = new Map<number, Drawn>();
  #geometry: Geometry | undefined;
  #conditions = '';
  #shownWaiting = '';
  #shownCut = '';

  constructor(app: App) {
    this.#app = app;
    this.element = h('div', { class: 'scene-box' }, this.#svg);
    new ResizeObserver(() => this.#layOut()).observe(this.element);
    app.session.hello.watch(() => this.#layOut());
    app.session.wire.watch(() => this.#layOut());
    app.session.tallies.watch((tallies) => {
      const conditions = tallies.map(({ decider, profile }) => `${decider} ${profile}`).join();
      if (conditions === this.#conditions) return;
      this.#conditions = conditions;
      this.#layOut();
    });
  }

  /** The drawing, for a picture of this moment. */
  get drawing(): SVGSVGElement {
    return this.#svg;
  }

  draw(): void {
    if (!this.#geometry) return;
    const { player } = this.#app.session;
    const scene = sceneOf(player.film, player.position, player.current?.index);
    this.#drawActors(this.#geometry, scene);
    this.#drawWaiting(this.#geometry, scene);
    this.#drawCut(this.#geometry, scene);
    setText(this.leftOut, this.#leftOutOf(scene));
    setAttributes(this.#svg, { 'aria-label': this.#app.texts.stage.picture(scene.actors.length) });
  }

  #leftOutOf({ leftOut }: Scene): string {
    const { texts, figures, session } = this.#app;
    const { skipped } = session.player;
    const parts = [
      leftOut > 0 && texts.stage.crowded(figures.number(leftOut)),
      skipped > 0 && texts.stage.skipped(figures.number(skipped)),
      session.omitted > 0 && texts.stage.omitted(figures.number(session.omitted)),
    ];
    return parts.filter((part) => part !== false).join(' ');
  }

  #layOut(): void {
    const { width, height } = this.element.getBoundingClientRect();
    const hello = this.#app.session.hello.get();
    if (width === 0 || height === 0 || !hello) {
      this.#geometry = undefined;
      return;
    }
    const scale = this.#app.isProjector.get() && width > LEAST_PROJECTED ? PROJECTED : 1;
    const wire = this.#app.session.wire.get();
    const geometry = geometryOf(width, height, scale, wire !== undefined);
    this.#geometry = geometry;
    const facts = { ...hello, wire, conditions: conditionsOf(this.#app.session.tallies.get()) };
    setAttributes(this.#svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    const hosts = hostsOf(geometry, facts, this.#app.texts);
    this.#svg.replaceChildren(hosts, this.#trails, this.#waiting, this.#packets, this.#cut);
    this.#drawn.clear();
    this.#packets.replaceChildren();
    this.#trails.replaceChildren();
    this.#shownWaiting = '';
    this.#shownCut = '';
  }

  #drawActors(geometry: Geometry, { actors }: Scene): void {
    const current = this.#app.session.player.current?.packet.id;
    const seen = new Set<number>();
    const trails: SVGElement[] = [];
    for (const actor of actors) {
      const { packet, lane, from } = actor.flight;
      seen.add(packet.id);
      const drawn = this.#drawnOf(geometry, actor);
      const place = { lane, direction: packet.direction, width: drawn.width };
      const [x, y] = placeOf(geometry, { ...place, at: actor.at });
      const [start] = placeOf(geometry, { ...place, at: from });
      setAttributes(drawn.group, {
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
        opacity: actor.opacity < 1 ? actor.opacity.toFixed(2) : undefined,
        class: packet.id === current ? 'packet is-current' : 'packet',
      });
      if (actor.part !== 'arrived')
        trails.push(this.#trailOf(geometry, actor, { x, y, start, width: drawn.width }));
    }
    for (const [id, { group }] of this.#drawn) {
      if (seen.has(id)) continue;
      group.remove();
      this.#drawn.delete(id);
    }
    this.#trails.replaceChildren(...trails);
  }

  /** The way that a packet has gone; in a still picture also where it goes. */
  #trailOf(
    { start: left, end: right }: Geometry,
    { flight, part }: Actor,
    {
      x,
      y,
      start,
      width,
    }: { readonly x: number; readonly y: number; readonly start: number; readonly width: number },
  ): SVGElement {
    const isDown = flight.packet.direction === 'down';
    const tail = isDown ? x + width / 2 : x - width / 2;
    const host = Math.abs(flight.from - 0.5) < 0.1 ? start : isDown ? right : left;
    const isStill = this.#app.isStill() && part === 'moves' && flight.packet.fate !== 'lost';
    const head = isDown ? x - width / 2 : x + width / 2;
    const goal = isDown ? left : right;
    const tip = isDown ? 9 : -9;
    const ahead = isStill ? `M${head} ${y}H${goal}m${tip} -5L${goal} ${y}l${tip} 5` : '';
    return s('path', { class: `trail is-${gistOf(flight.packet).kind}`, d: `M${host} ${y}H${tail}${ahead}` });
  }

  #drawnOf(geometry: Geometry, actor: Actor): Drawn {
    const { packet } = actor.flight;
    const before = this.#drawn.get(packet.id);
    if (
      before &&
      before.packet === packet &&
      before.isAltered === actor.isAltered &&
      before.part === actor.part
    )
      return before;
    before?.group.remove();
    const gist = gistOf(packet);
    const width = glyphWidth(geometry, gist.label.length);
    const height = geometry.glyphHeight;
    const { isAltered, part } = actor;
    const isLeftwards = packet.direction === 'down';
    const glyph = glyphOf({ gist, width, height, isLeftwards, isAltered, isTrouble: packet.isTrouble });
    const group = s(
      'g',
      { 'data-packet': packet.id, 'data-time': packet.time },
      glyph,
      ...this.#signsOf(actor, height),
    );
    this.#packets.append(group);
    const drawn = { packet, group, isAltered, part, width };
    this.#drawn.set(packet.id, drawn);
    return drawn;
  }

  /** What is written at a packet: that it is lost, altered or copied. */
  #signsOf({ part, isAltered, flight }: Actor, height: number): readonly SVGElement[] {
    const { signs } = this.#app.texts.stage;
    const size = height * 0.44;
    const isDown = flight.packet.direction === 'down';
    const sign = (kind: string, text: string) =>
      s(
        'text',
        { class: `sign ${kind}`, y: isDown ? height * 1.18 : -height * 0.8, 'font-size': size },
        text,
      );
    if (part === 'lost')
      return [s('path', { class: 'cross', d: crossOf(height * 0.62) }), sign('is-bad', signs.lost)];
    if (part === 'unseen') return [sign('is-unknown', signs.unseen)];
    if (isAltered) return [sign('is-bad', signs.altered)];
    return flight.packet.fate === 'copied' ? [sign('is-unknown', signs.copied)] : [];
  }

  /** Packets that are captured and not shown yet, at the host that sends them. */
  #drawWaiting(geometry: Geometry, { waiting }: Scene): void {
    const { client, server } = waiting;
    const key = [client, server].map(({ count, first }) => `${count} ${first[0]?.id}`).join('/');
    if (key === this.#shownWaiting) return;
    this.#shownWaiting = key;
    this.#waiting.replaceChildren(
      ...this.#pileOf(geometry, 'client', client),
      ...this.#pileOf(geometry, 'server', server),
    );
  }

  #pileOf(geometry: Geometry, host: 'client' | 'server', { count, first }: Waiting): readonly SVGElement[] {
    if (count === 0) return [];
    const { scale, isNarrow } = geometry;
    const { x, y, width, height } = geometry[host];
    const size = 13 * scale;
    const columns = Math.max(2, Math.floor((width + 2) / (size + 4)));
    const [left, top] = [x + 1, y + height + 9 * scale];
    const shown = isNarrow ? first.slice(0, columns) : first;
    const marks = shown.map((packet, index) => {
      const [column, row] = [index % columns, Math.floor(index / columns)];
      const at = `translate(${left + column * (size + 4)} ${top + row * (size + 2)})`;
      const chip = chipOf(gistOf(packet), host === 'server');
      setAttributes(chip, { width: size, height: size * 0.7 });
      return s(
        'g',
        { class: 'mark', transform: at, 'data-packet': packet.id, 'data-time': packet.time },
        chip,
      );
    });
    const rows = Math.ceil(shown.length / columns);
    const text = this.#app.texts.stage.waiting(this.#app.figures.number(count), isNarrow);
    const place = { x: left, y: top + rows * (size + 2) + 9 * scale, 'font-size': 10.5 * scale };
    return [...marks, s('text', { class: 'count', ...place }, text)];
  }

  #drawCut({ width, height, cable, scale }: Geometry, { cut }: Scene): void {
    const { texts, figures, session } = this.#app;
    const text = cut ? texts.stage.cut(figures.duration(cut.waited)) : '';
    if (text === this.#shownCut) return;
    this.#shownCut = text;
    this.#svg.classList.toggle('has-cut', text !== '');
    if (text === '') {
      this.#cut.replaceChildren();
      return;
    }
    const size = 12.5 * scale;
    const half = text.length * size * 0.29 + 12 * scale;
    const y = session.wire.get() !== undefined ? height - size - 1 : cable;
    this.#cut.replaceChildren(
      s('rect', { x: width / 2 - half, y: y - size, width: 2 * half, height: 2 * size, rx: size }),
      s('text', { x: width / 2, y: y + size * 0.36, 'font-size': size, 'text-anchor': 'middle' }, text),
    );
  }
}

function conditionsOf(tallies: readonly Tally[]): {
  readonly up?: string | undefined;
  readonly down?: string | undefined;
} {
  const profile = (decider: string) => tallies.find((tally) => tally.decider === decider)?.profile;
  return { up: profile('wire-up'), down: profile('wire-down') };
}
