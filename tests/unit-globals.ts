export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } =
  globalThis as unknown as typeof import('@jest/globals');

// The runner does not count assertions, so these would always pass.
expect.assertions = expect.hasAssertions = () => {
  throw new Error('the runner of the unit tests counts no assertions');
};
