import { CustomChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { Html, html, visible } from './escape.ts';

use([CustomChart, GridComponent, SVGRenderer]);

/** Colours are those of the page, which has others in the dark; none of them is needed to read a plot. */
export type Colour = 'ink' | 'muted' | 'accent' | 'good' | 'bad';
export type Shape = keyof typeof shapes;

/** Where, in the values of the axes; on an axis of rows the number of the row from above. */
export type Point = readonly [x: number, y: number];

export interface Marks {
  readonly shape: Shape;
  readonly colour: Colour;
  readonly points: readonly Point[];
  /** In the legend; without it the marks are not in it. */
  readonly means?: string;
}

export interface Lines {
  readonly shape: 'line' | 'dashes';
  readonly colour: Colour;
  readonly lines: readonly (readonly [from: Point, to: Point])[];
  readonly means?: string;
}

export interface Plot {
  /** What is to be seen, to a person who does not see it. */
  readonly alternative: string;
  readonly x: Axis;
  /** Labels of rows, or the axis of values. */
  readonly y: Axis | readonly string[];
  /** Pixels of the drawing without the labels of the x axis. */
  readonly height: number;
  readonly series: readonly (Marks | Lines)[];
}

export interface Axis {
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
  readonly label?: (value: number) => string;
}

const WIDTHS = { wide: 900, narrow: 340 } as const;

/** Each draws one mark around a point, in the letters of an SVG path. */
const shapes = {
  dot: (x: number, y: number) => `M${x} ${y}h0.01`,
  big: (x: number, y: number) => `M${x} ${y}h0.01`,
  ring: (x: number, y: number) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`,
  cross: (x: number, y: number) => `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`,
  tick: (x: number, y: number) => `M${x} ${y - 9}v18`,
  bar: (x: number, y: number) => `M${x} ${y - 5}v10`,
  diamond: (x: number, y: number) => `M${x - 6} ${y}l6 -6l6 6l-6 6z`,
} as const;

const strokes: Readonly<Record<Shape | Lines['shape'], number>> = {
  dot: 5,
  big: 10,
  ring: 1.5,
  cross: 2,
  tick: 3,
  bar: 2,
  diamond: 2,
  line: 2,
  dashes: 1.5,
};

/** A plot as SVG, drawn twice, for a wide page and for a narrow one, with its legend. */
export function drawPlot(plot: Plot): Html {
  const legend = plot.series.flatMap((series) => (series.means ? [legendOf(series, series.means)] : []));
  return html`<figure class="plot"><div role="img" aria-label="${plot.alternative}">
${drawn(plot, 'wide')}
${drawn(plot, 'narrow')}</div>
<figcaption>${legend}</figcaption></figure>`;
}

function legendOf({ shape, colour }: Marks | Lines, means: string): Html {
  const path = shape in shapes ? shapes[shape as Shape](14, 10) : 'M2 10h24';
  const dashes = shape === 'dashes' ? '5 4' : '';
  return html`<span class="key"><svg width="28" height="20" aria-hidden="true"><path d="${path}" fill="none"
stroke="var(--${colour})" stroke-width="${strokes[shape]}" stroke-linecap="round"
stroke-dasharray="${dashes || 'none'}"/></svg>${means}</span> `;
}

function drawn(plot: Plot, size: keyof typeof WIDTHS): Html {
  const rows = isRows(plot.y) ? plot.y.map(visible) : [];
  const left = isRows(plot.y) ? 16 + 7 * Math.max(...rows.map(({ length }) => length)) : 56;
  const grid = { left, right: 22, top: isRows(plot.y) ? 4 : 30, bottom: 50, outerBoundsMode: 'none' };
  const height = plot.height + grid.top + grid.bottom;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTHS[size], height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', fontSize: 13 },
      grid,
      xAxis: { ...axis(plot.x), nameLocation: 'middle', nameGap: 32, splitNumber: size === 'wide' ? 10 : 4 },
      yAxis: isRows(plot.y)
        ? { type: 'category', data: rows, inverse: true, ...styles, splitLine: { show: false } }
        : {
            ...axis(plot.y),
            nameTextStyle: { ...styles.nameTextStyle, align: 'left', padding: [0, 0, 0, 8 - left] },
          },
      series: plot.series.map((series) => custom(series, extent(plot))),
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

function axis({ name, min, max, label }: Axis) {
  const axisLabel = label ? { ...styles.axisLabel, formatter: label } : styles.axisLabel;
  return { type: 'value', name, min, max, ...styles, axisLabel } as const;
}

/** The corners of all that is drawn, from which the axes take their ends. */
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

/** All marks of a series are one path: thousands of elements would make a page heavy. */
function custom(series: Marks | Lines, corners: readonly Point[]) {
  return {
    type: 'custom',
    silent: true,
    clip: false,
    data: corners,
    renderItem({ dataIndex }: { dataIndex: number }, api: { coord(point: Point): number[] }) {
      if (dataIndex > 0) return undefined;
      const place = (point: Point) => api.coord(point).map((pixels) => Math.round(10 * pixels) / 10);
      const paths =
        'points' in series
          ? series.points.map((point) => shapes[series.shape](...(place(point) as [number, number])))
          : series.lines.map(([from, to]) => `M${place(from).join(' ')}L${place(to).join(' ')}`);
      return {
        type: 'path',
        // Marks on the same pixel are one.
        shape: { pathData: [...new Set(paths)].join('') },
        style: {
          fill: 'none',
          stroke: `var(--${series.colour})`,
          lineWidth: strokes[series.shape],
          lineCap: 'round',
          lineDash: series.shape === 'dashes' ? [5, 4] : undefined,
        },
      };
    },
  } as const;
}

function isRows(y: Plot['y']): y is readonly string[] {
  return Array.isArray(y);
}

/** Without what only a page that ECharts itself runs in has a use for. */
function bare(svg: string, size: keyof typeof WIDTHS): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/, '')
    .replace(/<rect [^>]*fill="none"><\/rect>\n/, '')
    .replace(/^<svg [^>]*viewBox="([^"]*)">/, `<svg class="${size}" viewBox="$1" aria-hidden="true">`)
    .replaceAll(/ (class="zr[^"]*"|pointer-events="[^"]*"|ecmeta_[a-z_]+="[^"]*")/g, '')
    .replaceAll(/ (d|transform)="[^"]*"/g, (attribute) => attribute.replaceAll(/(\.\d)\d+/g, '$1'));
}
