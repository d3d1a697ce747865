/** How far `to` is after `from`, from 0 to below the space, in which numbers wrap. */
export function distance(from: number, to: number, space: number): number {
  return (((to - from) % space) + space) % space;
}
