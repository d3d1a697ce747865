import { s } from './dom.ts';

/** Drawn in a square of 20 by 20. */
const paths = {
  play: 'M6 4l10 6-10 6z',
  pause: 'M6 4v12M14 4v12',
  forward: 'M5 4l8 6-8 6zM15 4v12',
  back: 'M15 4l-8 6 8 6zM5 4v12',
  newest: 'M10 3v11M5 9l5 5 5-5M4 17h12',
  close: 'M5 5l10 10M15 5L5 15',
  projector: 'M3 4h14v9H3zM10 13v4M6 17h8',
  picture: 'M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M13.5 7.5h.01',
  link: 'M8 12l4-4M9 6l1-1a3.5 3.5 0 015 5l-1 1M11 14l-1 1a3.5 3.5 0 01-5-5l1-1',
  help: 'M7.5 7.5a2.5 2.5 0 114 2c-1 .7-1.5 1.2-1.5 2.5M10 15h.01M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15z',
  filter: 'M3 4h14l-5.5 6.5V16l-3-1.5v-4z',
  theme: 'M10 3a7 7 0 100 14zM10 3a7 7 0 010 14',
  language: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM2.5 10h15M10 2.5c-5 5-5 10 0 15M10 2.5c5 5 5 10 0 15',
  follow: 'M4 6h9M4 10h5M4 14h9M13 3.5l3 2.5-3 2.5M13 11.5l3 2.5-3 2.5',
  stop: 'M5 5h10v10H5z',
  up: 'M5 12l5-5 5 5',
  down: 'M5 8l5 5 5-5',
  warning: 'M10 3l7.5 13.5h-15zM10 8v4M10 14.2h.01',
  check: 'M4 10.5l4 4 8-9',
  key: 'M7.5 9.5a3.5 3.5 0 110 1M11 10h6.5M15 10v3',
} as const;

export type IconName = keyof typeof paths;
const FILLED: ReadonlySet<IconName> = new Set(['play', 'stop']);

export function icon(name: IconName): SVGSVGElement {
  return s(
    'svg',
    { class: FILLED.has(name) ? 'icon filled' : 'icon', viewBox: '0 0 20 20', 'aria-hidden': 'true' },
    s('path', { d: paths[name] }),
  );
}
