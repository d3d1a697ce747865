export { opens } from './connections.ts';

/** So long after the end of a connection segments and entries of it may follow, in seconds. */
export const GRACE = 3;
/** How often what is over is let go of, in seconds of the capture. */
export const SWEEP = 1;
