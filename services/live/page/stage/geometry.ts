import type { Direction } from '../../contract.ts';

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything is on the stage, in pixels. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  /** 1, and more on a projector. */
  readonly scale: number;
  /** A narrow page has no room for words in its hosts. */
  readonly isNarrow: boolean;
  readonly client: Box;
  readonly server: Box;
  readonly wire: Box;
  /** The way between the hosts. */
  readonly start: number;
  readonly end: number;
  readonly cable: number;
  readonly glyphHeight: number;
  readonly laneHeight: number;
  /** How far the first lane is from the cable: packets pass beside the wire, and do not hide it. */
  readonly aside: number;
}

/** Below this width, the scale taken away, the hosts are narrow. */
const NARROW = 600;
const EDGE = 2;

export function geometryOf(width: number, height: number, scale: number, hasWire: boolean): Geometry {
  const isNarrow = width / scale < NARROW;
  const host = {
    width: (isNarrow ? 58 : 158) * scale,
    height: Math.min(height * 0.62, (isNarrow ? 96 : 136) * scale),
  };
  const cable = height / 2;
  const y = cable - host.height / 2;
  const client = { x: EDGE, y, ...host };
  const server = { x: width - EDGE - host.width, y, ...host };
  const wire = { width: (isNarrow ? 46 : 96) * scale, height: (isNarrow ? 26 : 36) * scale };
  const glyphHeight = Math.min((isNarrow ? 22 : 27) * scale, height / 8.8);
  return {
    ...{ width, height, scale, isNarrow, client, server, cable, glyphHeight },
    wire: { x: (width - wire.width) / 2, y: cable - wire.height / 2, ...wire },
    start: client.x + client.width,
    end: server.x,
    laneHeight: glyphHeight * 1.18,
    aside: hasWire ? wire.height / 2 + glyphHeight / 2 + 3 : glyphHeight * 0.62 + 6,
  };
}

/** The middle of a packet on its way: packets to the server are above the cable, those to the client below. */
export function placeOf(
  { start, end, cable, aside, laneHeight }: Geometry,
  { at, lane, direction, width }: { at: number; lane: number; direction: Direction; width: number },
): readonly [x: number, y: number] {
  // A packet touches its host and is not inside it.
  const [first, last] = [start + width / 2 + 4, end - width / 2 - 4];
  const away = aside + lane * laneHeight;
  return [first + at * (last - first), direction === 'down' ? cable + away : cable - away];
}

/** The width of a shape with a label of this length in letters. */
export function glyphWidth({ glyphHeight }: Geometry, letters: number): number {
  return Math.max(1.5 * glyphHeight, glyphHeight * (0.9 + 0.29 * letters));
}
