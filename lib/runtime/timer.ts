/** Calls back once, after so many ms, unless what it returns is called before. */
export type Timer = (milliseconds: number, ring: () => void) => () => void;

export const timer: Timer = (milliseconds, ring) => {
  const timeout = setTimeout(ring, milliseconds);
  return () => clearTimeout(timeout);
};
