export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } =
  globalThis as unknown as typeof import('@jest/globals');

// The runner counts no assertions: these would pass whatever happens.
expect.assertions = expect.hasAssertions = () => {
  throw new Error('the runner of the unit tests counts no assertions');
};
