/** A terminal, or any other output. */
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
  /** Smoothed round-trip time and retransmission timeout, in ms. */
  readonly rtt: number | undefined;
  readonly rto: number;
  readonly window: number;
}

const BAR = 16;
/** Time between two updates, in ms. */
const DRAW_MS = 100;
/** The width when a terminal does not tell its own. */
const USUAL_COLUMNS = 80;
const CLEAR_LINE = '\r\x1b[2K';

/**
 * Shows the progress of a transfer on one line of a terminal. Does nothing without a terminal.
 *
 * @returns a function that removes the line
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

/** The progress line, with as many figures as fit. */
export function progressLine(state: ProgressState, columns: number): string {
  const { what, done, all, retransmissions, rtt, rto, window } = state;
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const filled = Math.floor(share * BAR);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR - filled);
  const percent = `${Math.floor(share * 100)} %`.padStart(6);
  const figures = [
    inBytes(done),
    `resent ${retransmissions}`,
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

/** An amount of data in a readable unit. */
export function inBytes(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  if (bytes < 999_950) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 999_950_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
