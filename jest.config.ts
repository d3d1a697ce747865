import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
} as const;

export default {
  maxWorkers: '100%',
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{services,client}/**/*.test.ts'] },
    { ...shared, displayName: 'containers', testMatch: ['<rootDir>/tests/*.test.ts'] },
  ],
} satisfies Config;
