import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares a secret with what was given, in a time that says nothing of either, their lengths included. */
export function isSame(secret: string, given: string): boolean {
  return timingSafeEqual(digest(secret), digest(given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
