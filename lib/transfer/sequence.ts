/** How far a number lies behind another one, from 0 to below the space, in which numbers begin again. */
export function distance(from: number, to: number, space: number): number {
  return (((to - from) % space) + space) % space;
}
