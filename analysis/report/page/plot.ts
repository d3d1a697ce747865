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
  readonly shape: 'line' | 'dashes';
  readonly colour: Colour;
  readonly lines: readonly (readonly [from: Point, to: Point])[];
  readonly means?: string;
}

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
  /** Width of the wide drawing, in pixels. */
  readonly width?: number;
  readonly series: readonly (Marks | Lines)[];
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

const strokes: Readonly<Record<Shape | Lines['shape'], number>> = {
  dot: 5,
  big: 10,
  ring: 1.5,
  cross: 2,
  bar: 2,
  diamond: 2,
  line: 2,
  dashes: 1.5,
};

/** A plot with its legend, as SVG for a wide page and for a narrow one. */
export function drawPlot(plot: Plot): Html {
  const legend = plot.series.flatMap((series) => (series.means ? [legendOf(series, series.means)] : []));
  return html`<figure class="plot"><div role="img" aria-label="${plot.alternative}">
${drawn(plot, 'wide')}
${drawn(plot, 'narrow')}</div>
<figcaption>${legend}</figcaption></figure>`;
}

function legendOf({ shape, colour }: Marks | Lines, means: string): Html {
  const path = shape in shapes ? draw(shape as Shape, [14, 10], PENS.usual.wide.half) : 'M2 10h24';
  const dashes = shape === 'dashes' ? '5 4' : '';
  return html`<span class="key"><svg width="28" height="20" aria-hidden="true"><path d="${path}" fill="none"
stroke="var(--${colour})" stroke-width="${strokes[shape]}" stroke-linecap="round"
stroke-dasharray="${dashes || 'none'}"/></svg>${means}</span> `;
}

function drawn(plot: Plot, size: Size): Html {
  const rows = isRows(plot.y) ? plot.y.map((text) => rowLabel(text, LETTERS[size])) : [];
  const left = isRows(plot.y) ? 16 + 7 * Math.max(...rows.map(({ length }) => length)) : 56;
  const grid = { left, right: 22, top: isRows(plot.y) ? 4 : 30, bottom: 50, outerBoundsMode: 'none' };
  const width = (size === 'wide' && plot.width) || WIDTHS[size];
  const height = plot.height + grid.top + grid.bottom;
  const pen = PENS[plot.fine ? 'fine' : 'usual'][size];
  const corners = extent(plot);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', fontSize: 13 },
      grid,
      xAxis: {
        ...axis(plot.x, size),
        nameLocation: 'middle',
        nameGap: 32,
        splitNumber: Math.round(width / 90),
      },
      yAxis: isRows(plot.y)
        ? { type: 'category', data: rows, inverse: true, ...styles, splitLine: { show: false } }
        : {
            ...axis(plot.y, size),
            nameTextStyle: { ...styles.nameTextStyle, align: 'left', padding: [0, 0, 0, 8 - left] },
          },
      series: plot.series.map((series) => custom(series, corners, pen, isRows(plot.y))),
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

function axis({ name, min, max, steps }: Axis, size: Size) {
  return { type: 'value', name, min, max, interval: steps?.[size], ...styles } as const;
}

function rowLabel(text: string, letters: number): string {
  const label = safeLines(text);
  return label.length > letters ? `${label.slice(0, letters - 1)}…` : label;
}

/** Two opposite corners of all points, for the ranges of the axes. */
function extent({ series, y }: Plot): Point[] {
  const points = series.flatMap((one) => ('points' in one ? one.points : one.lines.flat()));
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

/** A series as one path: thousands of elements would make the page heavy. */
function custom(series: Marks | Lines, corners: readonly Point[], { half, stroke }: Pen, rows: boolean) {
  return {
    type: 'custom',
    silent: true,
    clip: false,
    data: corners,
    renderItem({ dataIndex }: { dataIndex: number }, api: Coordinates) {
      if (dataIndex > 0) return undefined;
      const place = ([x, y]: Point) => {
        const [across = 0, down = 0] = api.coord([x, y]);
        return [tenth(across), tenth(down + (rows ? (y - Math.round(y)) * api.size([0, 1])[1]! : 0))];
      };
      const paths =
        'points' in series
          ? series.points.map((point) => draw(series.shape, place(point), half))
          : series.lines.map(([from, to]) => `M${place(from).join(' ')}L${place(to).join(' ')}`);
      return {
        type: 'path',
        // Marks on the same pixel are drawn once.
        shape: { pathData: [...new Set(paths)].join('') },
        style: {
          fill: 'none',
          stroke: `var(--${series.colour})`,
          lineWidth: stroke * strokes[series.shape],
          lineCap: 'round',
          lineDash: series.shape === 'dashes' ? [5, 4] : undefined,
        },
      };
    },
  } as const;
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
