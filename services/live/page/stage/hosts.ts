import { s } from '../dom.ts';
import type { Texts } from '../texts/texts.ts';
import type { Box, Geometry } from './geometry.ts';

export interface HostFacts {
  readonly addresses: { readonly client: string; readonly server: string };
  readonly ports: { readonly http: number; readonly echo: number };
  /** The address of the wire, while it is there. */
  readonly wire: string | undefined;
  /** What is in force on the wire, as a person types it. */
  readonly conditions: { readonly up?: string | undefined; readonly down?: string | undefined };
}

/** Both hosts, the cable, and the wire when there is one. */
export function hostsOf(geometry: Geometry, facts: HostFacts, texts: Texts): SVGGElement {
  const { client, server, start, end, cable } = geometry;
  const { addresses, ports, wire } = facts;
  const services = [`http ${ports.http}`, `echo ${ports.echo}`];
  return s(
    'g',
    { class: 'hosts' },
    s('line', { class: 'cable', x1: start, x2: end, y1: cable, y2: cable }),
    host(geometry, client, {
      name: texts.stage.client,
      short: texts.stage.short.client,
      address: addresses.client,
      drawing: 'laptop',
      lines: [],
    }),
    host(geometry, server, {
      name: texts.stage.server,
      short: texts.stage.short.server,
      address: addresses.server,
      drawing: 'rack',
      lines: services,
    }),
    wire !== undefined && wireOf(geometry, wire, facts.conditions, texts),
  );
}

interface HostCard {
  readonly name: string;
  /** For a narrow page. */
  readonly short: string;
  readonly address: string;
  readonly drawing: 'laptop' | 'rack';
  readonly lines: readonly string[];
}

function host(
  { scale, isNarrow }: Geometry,
  box: Box,
  { name, short, address, drawing, lines }: HostCard,
): SVGGElement {
  const { x, y, width, height } = box;
  const middle = x + width / 2;
  const size = Math.min(width * 0.6, height * (isNarrow ? 0.5 : 0.36));
  const top = y + height * (isNarrow ? 0.14 : 0.09);
  const row = (at: number) => top + size + at * scale;
  return s(
    'g',
    { class: 'host' },
    s('rect', { class: 'box', x, y, width, height, rx: 7 * scale }),
    s(
      'g',
      { transform: `translate(${middle - size / 2} ${top}) scale(${size / 40})` },
      s('path', { class: 'drawing', d: drawings[drawing] }),
    ),
    isNarrow
      ? text('name', middle, row(18), 12 * scale, short)
      : text('name', middle, row(20), 15 * scale, name),
    !isNarrow && text('address', middle, row(38), 12.5 * scale, address),
    !isNarrow && lines.length > 0 && text('services', middle, row(55), 11 * scale, lines.join('   ')),
  );
}

function wireOf(
  geometry: Geometry,
  address: string,
  conditions: HostFacts['conditions'],
  texts: Texts,
): SVGGElement {
  const { wire, scale, isNarrow, height, width } = geometry;
  const middle = wire.x + wire.width / 2;
  const most = Math.floor((geometry.end - geometry.start) / (6.6 * scale));
  const short = (one: string) => (one.length > most ? `${one.slice(0, most - 1)}…` : one);
  return s(
    'g',
    { class: 'wire' },
    s('rect', { class: 'box', ...wire, rx: 7 * scale }),
    text(
      'name',
      middle,
      geometry.cable + (isNarrow ? 4 : -3) * scale,
      (isNarrow ? 11 : 13.5) * scale,
      texts.stage.wire,
    ),
    !isNarrow && text('address', middle, geometry.cable + 11.5 * scale, 11 * scale, address),
    !isNarrow &&
      conditions.up !== undefined &&
      text('conditions', width / 2, 12 * scale, 11 * scale, short(`→ ${conditions.up}`)),
    !isNarrow &&
      conditions.down !== undefined &&
      text('conditions is-down', width / 2, height - 5 * scale, 11 * scale, short(`← ${conditions.down}`)),
  );
}

function text(kind: string, x: number, y: number, size: number, content: string): SVGTextElement {
  return s('text', { class: kind, x, y, 'font-size': size, 'text-anchor': 'middle' }, content);
}

/** Line drawings in a square of 40 by 40. */
const drawings = {
  laptop: 'M8 8h24v18H8zM4 31h32l-2 3H6zM13 13l4 4-4 4M19 21h6',
  rack: 'M7 4h26v9H7zM7 15.5h26v9H7zM7 27h26v9H7zM12 8.5h.01M12 20h.01M12 31.5h.01M18 8.5h10M18 20h10M18 31.5h10',
} as const;
