import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
} as const;

/** The suite that every run has in the other ways too; LAB_WAY has all of them in a way. */
const inEachWay = ['<rootDir>/tests/http.test.ts'];

export default {
  maxWorkers: '100%',
  testSequencer: '<rootDir>/tests/longest-first.ts',
  // What needs containers takes its time on a busy machine, and a hook may do the work of a whole suite. This ends only what hangs. In ms.
  testTimeout: 1_800_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{lib,analysis,services,client,bench,tests/unit,tests/lint,tests/docs}/**/*.test.ts',
      ],
      runner: 'jest-light-runner',
      setupFiles: ['<rootDir>/tests/unit-setup.ts'],
    },
    {
      ...shared,
      displayName: 'containers',
      testMatch: ['<rootDir>/tests/*.test.ts'],
    },
    ...['token', 'tls'].map((way) => ({
      ...shared,
      displayName: way,
      testMatch: inEachWay,
      globals: { LAB_WAY: way },
    })),
  ],
} satisfies Config;
