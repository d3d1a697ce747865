import { timingSafeEqual } from 'node:crypto';

/** Whether two texts are the same. The time that it takes reveals their lengths, but not where they differ. */
export function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
