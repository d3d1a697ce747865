import { registerHooks } from 'node:module';
import { addEventHandler } from 'jest-circus';

/** How long a test or a hook may take that sets no other limit, in ms. */
const LIMIT_MS = 60_000;

// Taken before a test fakes them.
const { clearTimeout, setImmediate, setTimeout } = globalThis;

// What tests import from @jest/globals are globals in this runner, and the package throws outside of jest's own. The
// runner gives each test file another name each time, by which Node would not find its compiled code.
const globals = new URL('./unit-globals.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals'
      ? { url: globals, shortCircuit: true }
      : next(specifier.replace(/(?<=\.test\.ts)\?\d+$/, ''), context),
});

// The runner would wait for the thread that ends by it.
process.exit = (code) => {
  throw new Error(`process.exit(${code ?? ''}) in a test`);
};

addEventHandler((event, { currentDescribeBlock: { hooks, tests } }) => {
  const added = { add_hook: hooks, add_test: tests }[event.name as string]?.at(-1);
  if (added) added.fn = watched(added.fn as () => unknown, added.timeout ?? LIMIT_MS);
});

/** The runner waits for a test or a hook for ever, and does not see errors thrown outside of its promise. */
function watched(run: () => unknown, milliseconds: number) {
  return async () => {
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const late = new Error(`not done after ${milliseconds} ms`);
    const timer = setTimeout(() => reject(late), milliseconds);
    process.on('uncaughtException', reject);
    try {
      await Promise.race([run(), failed]);
      // Rejections that nobody handles are known at the end of a turn of the event loop.
      await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed]);
    } finally {
      clearTimeout(timer);
      process.off('uncaughtException', reject);
    }
  };
}
