import { createRequire } from 'node:module';
import jestRuntime from 'jest-runtime';

/** What keeps state from test to test, or tells values apart by classes, of which each test file has its own. */
const ownOfEachFile = new Set([
  'expect',
  '@jest/expect',
  '@jest/expect-utils',
  '@jest/get-type',
  'jest-diff',
  'jest-matcher-utils',
  'pretty-format',
]);

// Its types are those of its CommonJS build, which has the class as a property.
const Runtime = jestRuntime as unknown as typeof jestRuntime.default;

/**
 * Loads most of jest once for each worker, as jest itself does with some of its modules. It would else compile all of
 * them anew for each test file, which takes longer than most files do.
 */
export default class UnitRuntime extends Runtime {
  override requireInternalModule<T = unknown>(from: string, to?: string): T {
    const shared = to && /^[@a-z]/.test(to) && !ownOfEachFile.has(to);
    return shared ? createRequire(from)(to) : super.requireInternalModule(from, to);
  }
}
