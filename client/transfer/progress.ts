/** A terminal, or what takes its place. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressState {
  readonly what: string;
  readonly done: number;
  readonly all: number;
  readonly retransmissions: number;
  /** Smoothed round-trip time and retransmission time-out, in ms. */
  readonly rtt: number | undefined;
  readonly rto: number;
  readonly window: number;
}

const BAR = 16;
/** How often it is drawn, in ms. */
const DRAW_MS = 100;
/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;
const CLEAR_LINE = '\r\x1b[2K';

/**
 * Draws how far a transfer is, on one line of a terminal; nothing where there is none.
 *
 * @returns what removes the line
 */
export function showProgress(screen: Screen, state: () => ProgressState): () => void {
  if (!screen.isTTY) return () => undefined;
  const draw = () =>
    screen.write(`${CLEAR_LINE}${progressLine(state(), (screen.columns || USUAL_COLUMNS) - 1)}`);
  const drawing = setInterval(draw, DRAW_MS);
  return () => {
    clearInterval(drawing);
    screen.write(CLEAR_LINE);
  };
}

/** The line of a state, with as many of its figures as there is room for. */
export function progressLine(state: ProgressState, columns: number): string {
  const { what, done, all, retransmissions, rtt, rto, window } = state;
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const filled = Math.floor(share * BAR);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR - filled);
  const percent = `${Math.floor(share * 100)} %`.padStart(6);
  const figures = [
    inBytes(done),
    `again ${retransmissions}`,
    `RTT ${rtt === undefined ? '-' : `${rtt.toFixed(1)} ms`}`,
    `RTO ${rto.toFixed(0)} ms`,
    `window ${window}`,
  ];
  let line = `${what} [${bar}]${percent}`;
  for (const figure of figures) {
    if (line.length + 1 + figure.length > columns) break;
    line += ` ${figure}`;
  }
  return line;
}

/** An amount of data as a person reads it. */
export function inBytes(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  if (bytes < 999_950) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 999_950_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
