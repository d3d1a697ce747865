import { s } from '../dom.ts';
import type { Item } from '../model/items.ts';
import { gistOf } from '../model/kind.ts';

/** What of an element's style its picture needs. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
] as const;

const MARGIN = 20;
const ROW = 40;
/** Packets of the ladder in a picture. */
const MOST = 14;

export interface PictureParts {
  readonly stage: SVGSVGElement;
  readonly items: readonly Item[];
  /** The packet at the moment. */
  readonly current: number | undefined;
  readonly describe: (item: Item) => { readonly label: string; readonly time: string };
  readonly footer: string;
}

/** The stage and the ladder up to its moment, as one drawing that needs no style sheet. */
export function pictureOf(parts: PictureParts): SVGSVGElement {
  const { stage, footer } = parts;
  const [width, stageHeight] = [stage.clientWidth, stage.clientHeight];
  const packets = upTo(parts);
  const height = stageHeight + packets.length * ROW + 2 * MARGIN + 30;
  const copy = stage.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('x', String(MARGIN));
  copy.setAttribute('y', String(MARGIN));
  const rungs = packets.map((item, index) =>
    rung(item, parts, width, stageHeight + MARGIN + 14 + index * ROW),
  );
  const picture = s(
    'svg',
    {
      class: 'picture scene',
      width: width + 2 * MARGIN,
      height,
      viewBox: `0 0 ${width + 2 * MARGIN} ${height}`,
    },
    s('rect', { class: 'paper', width: '100%', height: '100%' }),
    copy,
    ...rungs,
    s('text', { class: 'footer', x: MARGIN, y: height - 12, 'font-size': 12 }, footer),
  );
  document.body.append(picture);
  try {
    for (const element of [picture, ...picture.querySelectorAll('*')]) writeStyle(element);
  } finally {
    picture.remove();
  }
  return picture;
}

function upTo({ items, current }: PictureParts): readonly Extract<Item, { kind: 'packet' }>[] {
  const packets = items.filter((item) => item.kind === 'packet');
  const at = packets.findIndex(({ packet }) => packet.id === current);
  return packets.slice(0, at < 0 ? undefined : at + 1).slice(-MOST);
}

function rung(
  item: Extract<Item, { kind: 'packet' }>,
  { describe }: PictureParts,
  width: number,
  y: number,
): SVGGElement {
  const { packet } = item;
  const { label, time } = describe(item);
  const isDown = packet.direction === 'down';
  const [left, right] = [MARGIN + 90, MARGIN + width - 24];
  const [from, goal] = isDown ? [right, left] : [left, right];
  const isLost = packet.fate === 'lost';
  const to = isLost ? (left + right) / 2 : goal;
  const [top, bottom] = [y + 20, isLost ? y + 26 : y + 32];
  const back = isDown ? 10 : -10;
  const end = isLost
    ? `M${to - 6} ${bottom - 6}l12 12m0 -12l-12 12`
    : `M${to + back} ${bottom - 5}L${to} ${bottom}l${back} 5`;
  return s(
    'g',
    { class: `rung is-${gistOf(packet).kind}` },
    s('path', { class: 'lifelines', d: `M${left} ${y}v${ROW}M${right} ${y}v${ROW}` }),
    s('text', { class: 'footer', x: left - 8, y: y + 24, 'text-anchor': 'end', 'font-size': 11 }, time),
    s(
      'text',
      { class: 'rung-label', x: (left + right) / 2, y: y + 15, 'text-anchor': 'middle', 'font-size': 12.5 },
      label,
    ),
    s('path', {
      class: isLost || packet.fate === 'altered' ? 'arrow is-bad' : 'arrow',
      d: `M${from} ${top}L${to} ${bottom}${end}`,
    }),
  );
}

function writeStyle(element: Element): void {
  const style = getComputedStyle(element);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value !== '') element.setAttribute(name, value);
  }
  for (const name of ['class', 'data-packet', 'data-time', 'role', 'aria-label'])
    element.removeAttribute(name);
}

/** The drawing as a file of its own. */
export function svgFile(picture: SVGSVGElement): Blob {
  return new Blob([new XMLSerializer().serializeToString(picture)], { type: 'image/svg+xml' });
}

/** Pixels of the picture for one of the screen. */
const FINE = 2;

/** @throws when the browser can't draw it */
export async function pngFile(picture: SVGSVGElement): Promise<Blob> {
  const address = URL.createObjectURL(svgFile(picture));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = FINE * Number(picture.getAttribute('width'));
    canvas.height = FINE * Number(picture.getAttribute('height'));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const { promise, resolve, reject } = Promise.withResolvers<Blob>();
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the browser made no picture'))),
      'image/png',
    );
    return await promise;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** In ms: how long a browser may take to begin with a download. */
const TAKEN = 60_000;

/** Gives a file to the reader. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), TAKEN);
}
