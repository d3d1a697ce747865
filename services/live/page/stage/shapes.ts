import type { Kind } from '../model/kind.ts';

/** The outline of a kind around 0, and how it looks to the left of a packet that goes that way. */
type Outline = (half: { readonly w: number; readonly h: number }) => string;

/** One shape for each kind, so that none is told by its colour alone. */
const outlines: Readonly<Record<Kind, Outline>> = {
  syn: ({ w, h }) =>
    `M${-w + h * 0.6} ${-h}H${w - h * 0.6}L${w} 0L${w - h * 0.6} ${h}H${-w + h * 0.6}L${-w} 0Z`,
  fin: ({ w, h }) => `M${-w} ${-h}H${w}V${h}H${-w}ZM${-w + 4} ${-h}V${h}M${w - 4} ${-h}V${h}`,
  reset: ({ w, h }) => {
    const c = h * 0.55;
    return `M${-w + c} ${-h}H${w - c}L${w} ${-h + c}V${h - c}L${w - c} ${h}H${-w + c}L${-w} ${h - c}V${-h + c}Z`;
  },
  ack: ({ w, h }) =>
    `M${-w + h} ${-h}H${w - h}A${h} ${h} 0 0 1 ${w - h} ${h}H${-w + h}A${h} ${h} 0 0 1 ${-w + h} ${-h}Z`,
  data: ({ w, h }) => `M${-w} ${-h}H${w}V${h}H${-w}Z`,
  request: ({ w, h }) => `M${-w} ${-h}H${w - h * 0.7}L${w} 0L${w - h * 0.7} ${h}H${-w}Z`,
  answer: ({ w, h }) => {
    const fold = h * 0.7;
    return `M${-w} ${-h}H${w - fold}L${w} ${-h + fold}V${h}H${-w}ZM${w - fold} ${-h}V${-h + fold}H${w}`;
  },
  datagram: ({ w, h }) => `M${-w + h * 0.6} ${-h}H${w}L${w - h * 0.6} ${h}H${-w}Z`,
  tls: ({ w, h }) =>
    `M${-w} ${-h * 0.7}H${-h * 0.5}V${-h}A${h * 0.5} ${h * 0.5} 0 0 1 ${h * 0.5} ${-h}V${-h * 0.7}H${w}V${h}H${-w}Z`,
  icmp: ({ w, h }) => `M0 ${-h * 1.15}L${w} 0L0 ${h * 1.15}L${-w} 0Z`,
  other: ({ w, h }) => `M${-w} 0A${w} ${h} 0 0 1 ${w} 0A${w} ${h} 0 0 1 ${-w} 0Z`,
};

/** A diamond has less room for its label. */
const widening: Partial<Record<Kind, number>> = { icmp: 1.35, other: 1.15 };
/** The tip of a request is to where it goes. */
const DIRECTED: ReadonlySet<Kind> = new Set(['request']);

export function outlineOf(kind: Kind, width: number, height: number, isLeftwards: boolean): string {
  const half = { w: (width / 2) * (widening[kind] ?? 1), h: height / 2 };
  const path = outlines[kind](half);
  return isLeftwards && DIRECTED.has(kind) ? mirrored(path) : path;
}

/** The outline of a packet that was altered: a burst. */
export function burstOf(width: number, height: number): string {
  const [w, h] = [width / 2 + 2, height / 2 + 1];
  const teeth = Math.max(4, Math.round(width / 9));
  const step = (2 * w) / teeth;
  const bite = height * 0.2;
  const above = Array.from(
    { length: teeth },
    (_, i) => `L${-w + (i + 0.5) * step} ${-h - bite}L${-w + (i + 1) * step} ${-h}`,
  );
  const below = Array.from(
    { length: teeth },
    (_, i) => `L${w - (i + 0.5) * step} ${h + bite}L${w - (i + 1) * step} ${h}`,
  );
  return `M${-w} ${-h}${above.join('')}L${w + bite} 0L${w} ${h}${below.join('')}L${-w - bite} 0Z`;
}

/** A cross around 0. */
export function crossOf(half: number): string {
  return `M${-half} ${-half}L${half} ${half}M${-half} ${half}L${half} ${-half}`;
}

/** The same path with left and right exchanged; only for absolute M, L, H, V and Z. */
function mirrored(path: string): string {
  return path.replaceAll(
    /([MLHV])(-?[\d.e-]+)(?: (-?[\d.e-]+))?/g,
    (whole, command: string, x: string, y?: string) => {
      if (command === 'V') return whole;
      return `${command}${-Number(x)}${y === undefined ? '' : ` ${y}`}`;
    },
  );
}
