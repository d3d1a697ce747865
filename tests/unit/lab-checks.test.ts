import { expect, test } from '@jest/globals';
import { inSetup } from './setup-shell.ts';

/** What make up is said to do for a lab with these containers: service and state. */
function cure(...containers: readonly string[]) {
  const lines = containers.map((one) => `${one.replace(' ', '\t')}\t/lab`).join('\n');
  return inSetup('. setup/lab-checks.sh\ncontainers=$LINES\nup_cure', { LINES: lines }).stdout;
}

test('make up continues a run whose server host has a container and of which a program runs', () => {
  const goesOn = 'make up, which continues this run\n';
  expect(cure('server-host running', 'http exited')).toBe(goesOn);
  expect(cure('server-host exited', 'http running')).toBe(goesOn);
  expect(cure('server-host paused', 'http paused')).toBe(goesOn);
});

test('it begins another one where the server host was removed or nothing runs', () => {
  const begins = 'make up, which begins a new run\n';
  expect(cure('http running', 'client-host running')).toBe(begins);
  expect(cure('server-host exited', 'http exited')).toBe(begins);
});
