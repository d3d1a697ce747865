import { registerHooks } from 'node:module';
import { addEventHandler } from 'jest-circus';

/** How long a test or a hook may take by default, in ms. */
const LIMIT_MS = 60_000;

// Kept before a test replaces them with fakes.
const { clearTimeout, setImmediate, setTimeout } = globalThis;

// In this runner, the imports from @jest/globals are globals, and the package throws outside of Jest's own runner. The
// runner gives each test file a new name each time, so Node would not find its compiled code.
const globals = new URL('./unit-globals.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals'
      ? { url: globals, shortCircuit: true }
      : next(specifier.replace(/(?<=\.test\.ts)\?\d+$/, ''), context),
});

// The runner would wait for the thread, which ends here.
process.exit = (code) => {
  throw new Error(`process.exit(${code ?? ''}) in a test`);
};

addEventHandler((event, { currentDescribeBlock: { hooks, tests } }) => {
  const added = { add_hook: hooks, add_test: tests }[event.name as string]?.at(-1);
  if (added) added.fn = watched(added.fn as () => unknown, added.timeout ?? LIMIT_MS);
});

/** The runner has no time limit for tests and hooks, and does not notice errors outside of their promises. */
function watched(run: () => unknown, milliseconds: number) {
  return async () => {
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const late = new Error(`not done after ${milliseconds} ms`);
    const timer = setTimeout(() => reject(late), milliseconds);
    process.on('uncaughtException', reject);
    try {
      await Promise.race([run(), failed]);
      // Unhandled rejections are known at the end of a turn of the event loop.
      await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed]);
    } finally {
      clearTimeout(timer);
      process.off('uncaughtException', reject);
    }
  };
}
