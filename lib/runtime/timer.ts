/** Calls back once, after a number of milliseconds. The function that it returns cancels that. */
export type Timer = (milliseconds: number, ring: () => void) => () => void;

export const timer: Timer = (milliseconds, ring) => {
  const timeout = setTimeout(ring, milliseconds);
  return () => clearTimeout(timeout);
};
