import { CustomChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { safeLines } from '#lib/text/readable.ts';
import { Html, html } from './escape.ts';

use([CustomChart, GridComponent, SVGRenderer]);

/** Colours of the page, in light and dark. A plot is readable without them. */
export type Colour = 'ink' | 'muted' | 'accent' | 'good' | 'bad' | 'unknown';
export type Shape = keyof typeof shapes;

/** A place in the units of the axes. On an axis of rows, y is the row's number from above, with a fraction for an offset. */
export type Point = readonly [x: number, y: number];

export interface Marks {
  readonly shape: Shape;
  readonly colour: Colour;
  readonly points: readonly Point[];
  /** The text in the legend; without it there is none. */
  readonly means?: string;
}

export interface Lines {
  readonly shape: 'line' | 'dashes' | 'band';
  readonly colour: Colour;
  readonly lines: readonly (readonly [from: Point, to: Point])[];
  /** The legend shows one that is upright. */
  readonly isUpright?: boolean;
  readonly means?: string;
}

/** A line through points, or in stairs: each value holds until the next. An area is filled down to 0. */
export interface Path {
  readonly shape: 'path' | 'stairs' | 'dotted' | 'area';
  readonly colour: Colour;
  readonly path: readonly Point[];
  readonly means?: string;
}

type Series = Marks | Lines | Path;

export interface Plot {
  /** The text alternative for people who can't see the plot. */
  readonly alternative: string;
  readonly x: Axis;
  /** Labels of rows, or the axis of values. */
  readonly y: Axis | readonly string[];
  /** Height in pixels, without the labels of the x axis. */
  readonly height: number;
  /** Draws smaller marks, for thousands of points. */
  readonly fine?: boolean;
  /** Rounds the narrow drawing to whole pixels, for lists of hundreds of points. */
  readonly isDense?: boolean;
  /** Width of the wide drawing, in pixels. */
  readonly width?: number;
  readonly series: readonly Series[];
}

export interface Axis {
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
  /** The distance of its labels on a narrow page and a wide one; by default ECharts chooses. */
  readonly steps?: Readonly<Record<Size, number>>;
}

/** Default widths, in pixels. */
const WIDTHS = { wide: 900, narrow: 340 } as const;
type Size = keyof typeof WIDTHS;

/** The most letters of a row's label. */
const LETTERS = { wide: 24, narrow: 16 } as const;

/** ECharts' conversion to pixels. */
interface Coordinates {
  coord(point: Point): readonly number[];
  size(extent: Point): readonly number[];
}

/** Sizes of a mark: half its width in pixels, and its stroke relative to the usual one. */
interface Pen {
  readonly half: number;
  readonly stroke: number;
}

const PENS: Readonly<Record<'usual' | 'fine', Readonly<Record<Size, Pen>>>> = {
  usual: { wide: { half: 4, stroke: 1 }, narrow: { half: 3, stroke: 0.8 } },
  fine: { wide: { half: 2.5, stroke: 0.6 }, narrow: { half: 2, stroke: 0.35 } },
};

/** SVG paths of one mark around a point. */
const shapes = {
  dot: (x: number, y: number) => `M${x} ${y}h0.01`,
  big: (x: number, y: number) => `M${x} ${y}h0.01`,
  ring: (x: number, y: number, half: number) => {
    const radius = half + 1;
    return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
  },
  cross: (x: number, y: number, half: number) =>
    `M${x - half} ${y - half}l${2 * half} ${2 * half}m0 ${-2 * half}l${-2 * half} ${2 * half}`,
  bar: (x: number, y: number) => `M${x} ${y - 5}v10`,
  diamond: (x: number, y: number) => `M${x - 6} ${y}l6 -6l6 6l-6 6z`,
} as const;

const strokes: Readonly<Record<Series['shape'], number>> = {
  dot: 5,
  big: 10,
  ring: 1.5,
  cross: 2,
  bar: 2,
  diamond: 2,
  line: 2,
  dashes: 1.5,
  band: 5,
  path: 1.5,
  stairs: 1.5,
  dotted: 2,
  area: 0,
};

const dashes: Readonly<Partial<Record<Series['shape'], readonly number[]>>> = {
  dashes: [5, 4],
  dotted: [1, 4],
};

/** A plot with its legend, as SVG for a wide page and for a narrow one. */
export function drawPlot(plot: Plot): Html {
  const legend = plot.series.flatMap((series) => (series.means ? [legendOf(series, series.means)] : []));
  return html`<figure class="plot"><div role="img" aria-label="${plot.alternative}">
${drawn(plot, 'wide')}
${drawn(plot, 'narrow')}</div>
<figcaption>${legend}</figcaption></figure>`;
}

function legendOf(series: Series, means: string): Html {
  const { shape, colour } = series;
  const path = shape in shapes ? draw(shape as Shape, [14, 10], PENS.usual.wide.half) : lineOf(series);
  return html`<span class="key"><svg width="28" height="20" aria-hidden="true"><path d="${path}" fill="${shape === 'area' ? `var(--${colour})` : 'none'}" fill-opacity="${FAINT}"
stroke="var(--${colour})" stroke-width="${strokes[shape]}" stroke-linecap="round"
stroke-dasharray="${dashes[shape]?.join(' ') ?? 'none'}"/></svg>${means}</span> `;
}

/** The line of a series in the legend. */
function lineOf(series: Series): string {
  if (series.shape === 'area') return 'M2 3h24v14h-24z';
  return 'lines' in series && series.isUpright ? 'M14 3v14' : 'M2 10h24';
}

function drawn(plot: Plot, size: Size): Html {
  const rows = isRows(plot.y) ? plot.y.map((text) => rowLabel(text, LETTERS[size])) : [];
  const left = isRows(plot.y) ? 16 + 7 * Math.max(...rows.map(({ length }) => length)) : 56;
  const grid = { left, right: 22, top: isRows(plot.y) ? 4 : 30, bottom: 50, outerBoundsMode: 'none' };
  const width = (size === 'wide' && plot.width) || WIDTHS[size];
  const height = plot.height + grid.top + grid.bottom;
  const pen = PENS[plot.fine ? 'fine' : 'usual'][size];
  const corners = extent(plot);
  const parts = Math.round(width / 90);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', fontSize: 13 },
      grid,
      xAxis: {
        ...axis(plot.x, { size, parts, spread: corners.map(([x]) => x) }),
        nameLocation: 'middle',
        nameGap: 32,
        splitNumber: parts,
      },
      yAxis: isRows(plot.y)
        ? { type: 'category', data: rows, inverse: true, ...styles, splitLine: { show: false } }
        : {
            ...axis(plot.y, { size, parts: PARTS, spread: corners.map(([, y]) => y) }),
            nameTextStyle: { ...styles.nameTextStyle, align: 'left', padding: [0, 0, 0, 8 - left] },
          },
      series: plot.series.map((series) =>
        custom(series, corners, {
          pen,
          isInRows: isRows(plot.y),
          isRound: plot.isDense && size === 'narrow',
        }),
      ),
    });
    return new Html(bare(chart.renderToSVGString(), size));
  } finally {
    chart.dispose();
  }
}

const styles = {
  axisLine: { show: true, lineStyle: { color: 'var(--muted)' } },
  axisTick: { show: false },
  axisLabel: { color: 'var(--ink)', fontFamily: 'inherit', fontSize: 13, hideOverlap: true },
  nameTextStyle: { color: 'var(--muted)', fontFamily: 'inherit', fontSize: 13 },
  splitLine: { show: true, lineStyle: { color: 'var(--rule)' } },
} as const;

/** By default ECharts divides an axis into about this many parts. */
const PARTS = 5;

/** How an axis is divided. */
interface Division {
  readonly size: Size;
  /** About how many parts it has. */
  readonly parts: number;
  /** The ends of its values. */
  readonly spread: readonly number[];
}

function axis({ name, min, max, steps }: Axis, { size, parts, spread }: Division) {
  const [from, to] = [min ?? Math.min(...spread), max ?? Math.max(...spread)];
  const step = steps?.[size] ?? stepOf((to - from) / parts);
  const axisLabel = {
    ...styles.axisLabel,
    showMinLabel: isLabelled(min, step),
    showMaxLabel: isLabelled(max, step),
  };
  return { type: 'value', name, min, max, interval: steps?.[size], ...styles, axisLabel } as const;
}

/** ECharts' distance of two labels: a round number near the given one. */
function stepOf(distance: number): number {
  const power = 10 ** Math.floor(Math.log10(distance));
  const rounds = [
    [1.5, 1],
    [2.5, 2],
    [4, 3],
    [7, 5],
  ] as const;
  const [, round] = rounds.find(([below]) => distance / power < below) ?? [10, 10];
  return round * power;
}

/** An end between two steps has no label: it is not round, and crowds its neighbour. By default ECharts decides. */
function isLabelled(end: number | undefined, step: number): false | undefined {
  if (end === undefined || !(step > 0)) return undefined;
  const steps = end / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6 ? undefined : false;
}

function rowLabel(text: string, letters: number): string {
  const label = safeLines(text);
  return label.length > letters ? `${label.slice(0, letters - 1)}…` : label;
}

/** Two opposite corners of all points, for the ranges of the axes. */
function extent({ series, y }: Plot): Point[] {
  const points = series.flatMap(pointsOf);
  const ends = (values: readonly number[]) => [
    values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY),
    values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY),
  ];
  if (points.length === 0) return [[0, 0]];
  const [left, right] = ends(points.map(([x]) => x));
  const [bottom, top] = isRows(y) ? [0, 0] : ends(points.map((point) => point[1]));
  return [
    [left!, bottom!],
    [right!, top!],
  ];
}

function pointsOf(series: Series): readonly Point[] {
  if ('points' in series) return series.points;
  return 'path' in series ? series.path : series.lines.flat();
}

/** How a series is drawn. */
interface Drawing {
  readonly pen: Pen;
  readonly isInRows: boolean;
  readonly isRound: boolean | undefined;
}

/** How much of an area's colour is seen. */
const FAINT = 0.3;

/** A series as one path: thousands of elements would make the page heavy. */
function custom(
  series: Series,
  corners: readonly Point[],
  { pen: { half, stroke }, isInRows, isRound = false }: Drawing,
) {
  const rounded = isRound ? Math.round : tenth;
  return {
    type: 'custom',
    silent: true,
    clip: false,
    data: corners,
    renderItem({ dataIndex }: { dataIndex: number }, api: Coordinates) {
      if (dataIndex > 0) return undefined;
      const place = ([x, y]: Point) => {
        const [across = 0, down = 0] = api.coord([x, y]);
        return [rounded(across), rounded(down + (isInRows ? (y - Math.round(y)) * api.size([0, 1])[1]! : 0))];
      };
      return {
        type: 'path',
        shape: { pathData: pathOf(series, place, half) },
        style: {
          fill: series.shape === 'area' ? `var(--${series.colour})` : 'none',
          fillOpacity: FAINT,
          stroke: `var(--${series.colour})`,
          lineWidth: stroke * strokes[series.shape],
          lineCap: 'round',
          lineDash: dashes[series.shape],
        },
      };
    },
  } as const;
}

function pathOf(series: Series, place: (point: Point) => number[], half: number): string {
  if ('path' in series) {
    const points = cornersOf(series).map((point) => place(point).join(' '));
    // Points on the same pixel are drawn once.
    return points.length === 0 ? '' : `M${points.filter((one, at) => one !== points[at - 1]).join('L')}`;
  }
  const paths =
    'points' in series
      ? series.points.map((point) => draw(series.shape, place(point), half))
      : series.lines.map(([from, to]) => `M${place(from).join(' ')}L${place(to).join(' ')}`);
  // Marks on the same pixel are drawn once.
  return [...new Set(paths)].join('');
}

function cornersOf({ shape, path }: Path): readonly Point[] {
  if (shape === 'path' || shape === 'dotted') return path;
  const stairs = path.flatMap(([x, y], at): Point[] => {
    const before = path[at - 1];
    return before
      ? [
          [x, before[1]],
          [x, y],
        ]
      : [[x, y]];
  });
  const [first, last] = [path[0], path.at(-1)];
  return shape === 'stairs' || !first || !last ? stairs : [[first[0], 0], ...stairs, [last[0], 0]];
}

/** @param half half the width of the mark, in pixels */
function draw(shape: Shape, [x = 0, y = 0]: readonly number[], half: number): string {
  const shapeOf: (x: number, y: number, half: number) => string = shapes[shape];
  return shapeOf(x, y, half);
}

function tenth(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}

function isRows(y: Plot['y']): y is readonly string[] {
  return Array.isArray(y);
}

/** The SVG without the parts that only ECharts' own scripts need. */
function bare(svg: string, size: Size): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/, '')
    .replace(/<rect [^>]*fill="none"><\/rect>\n/, '')
    .replace(/^<svg [^>]*viewBox="([^"]*)">/, `<svg class="${size}" viewBox="$1" aria-hidden="true">`)
    .replaceAll(/ (class="zr[^"]*"|pointer-events="[^"]*"|ecmeta_[a-z_]+="[^"]*")/g, '')
    .replaceAll(/ (d|transform)="[^"]*"/g, (attribute) => attribute.replaceAll(/(\.\d)\d+/g, '$1'));
}
