import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
} as const;

/** Suites in containers that look at times and mostly wait: beside the others, which are busy, they would be late. */
const waiting = ['echo', 'echo-settings', 'join', 'transfer', 'transfer-survival'].map(
  (name) => `<rootDir>/tests/${name}.test.ts`,
);

/** The suite that every run has in the other ways too; LAB_WAY has all of them in a way. */
const inEachWay = ['<rootDir>/tests/http.test.ts'];

export default {
  maxWorkers: '100%',
  // What needs containers takes its time on a busy machine, and a hook may do the work of a whole suite. In ms.
  testTimeout: 600_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{services,client,tests/unit}/**/*.test.ts'],
      runner: 'jest-light-runner',
      setupFiles: ['<rootDir>/tests/unit-setup.ts'],
    },
    {
      ...shared,
      displayName: 'containers',
      testMatch: ['<rootDir>/tests/*.test.ts'],
      testPathIgnorePatterns: waiting.map((suite) => `^${suite}$`),
    },
    ...['token', 'tls'].map((way) => ({
      ...shared,
      displayName: way,
      testMatch: inEachWay,
      globals: { LAB_WAY: way },
    })),
    {
      ...shared,
      displayName: 'waiting',
      testMatch: waiting,
      // A runner with other options is another runner, and jest lets one end before the next begins.
      runner: ['jest-runner', { after: 'the others' }] as [string, { after: string }],
    },
  ],
} satisfies Config;
