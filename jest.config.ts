import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
} as const;

/** Suites in containers that need the machine for themselves: the load of others would change what they measure. */
const alone = ['echo', 'echo-settings', 'join', 'transfer', 'transfer-survival'].map(
  (name) => `<rootDir>/tests/${name}.test.ts`,
);

/** The suite that every run has in the other ways too; LAB_WAY has all of them in a way. */
const inEachWay = ['<rootDir>/tests/http.test.ts'];

export default {
  maxWorkers: '100%',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{services,client}/**/*.test.ts'],
      runner: 'jest-light-runner',
      setupFiles: ['<rootDir>/tests/unit-setup.ts'],
    },
    {
      ...shared,
      displayName: 'containers',
      testMatch: ['<rootDir>/tests/*.test.ts'],
      testPathIgnorePatterns: alone.map((suite) => `^${suite}$`),
    },
    ...['token', 'tls'].map((way) => ({
      ...shared,
      displayName: way,
      testMatch: inEachWay,
      globals: { LAB_WAY: way },
    })),
    ...alone.map((suite) => ({
      ...shared,
      displayName: 'alone',
      testMatch: [suite],
      // A runner with other options is another runner, and jest lets one end before the next begins.
      runner: ['jest-runner', { suite }] as [string, { suite: string }],
    })),
  ],
} satisfies Config;
