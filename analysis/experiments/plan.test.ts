import { expect, test } from '@jest/globals';
import { demoSteps, experiments, wireExperiments } from './experiments.ts';
import { profiles } from './steps.ts';
import { conditions } from './wire-steps.ts';

const ports = { http: 8001, https: 8002, echo: 8003, echoTls: 8004 };
const target = { server: '10.1.2.3', ports, timeout: 2, hasWire: true };
const steps = demoSteps(target);
const of = (taker: string) => steps.filter(([first]) => first === taker).map(([, ...words]) => words);

test('each step is one line of words between tabs', () => {
  for (const words of steps) for (const word of words) expect(word).toMatch(/^[^\t\n]+$/);
});

test('each fault profile is set once, because it selects the packets of its experiment', () => {
  const { balance, ...ofEcho } = profiles;
  expect(of('faults').map(([, profile]) => profile)).toEqual(Object.values(ofEcho));
  for (const settings of of('up')) expect(settings).toContain(`HTTP_FAULTS=${balance}`);
});

test('each experiment has steps of its own', () => {
  for (const experiment of experiments) expect(experiment.steps(target)).not.toEqual([]);
});

test('what is begun beside other steps is ended, and a wire is removed', () => {
  const kinds = steps.map(([kind]) => kind);
  expect(kinds.indexOf('end')).toBeGreaterThan(kinds.indexOf('flow'));
  expect(kinds.indexOf('flow')).toBeGreaterThan(kinds.indexOf('begin'));
  expect(of('wire').at(-1)).toEqual(['OFF=1']);
});

test('each experiment has conditions of the wire of its own, because they select its packets', () => {
  const words = of('wire').map((pairs) => pairs.join(' '));
  expect(new Set(words).size).toBe(Object.keys(conditions).length + 1);
  expect(words[0]).toBe('RESET=1 UP_SCRIPT=drop syn 1');
});

test('without a wire, the steps of the others are the same, and the last line says what is left out', () => {
  const without = demoSteps({ ...target, hasWire: false });
  expect(without.at(-1)).toEqual(['say', expect.stringMatching(/^5 experiments are not made, because /)]);
  expect(without.slice(0, -1)).toEqual(steps.slice(0, without.length - 1));
  expect(without.filter(([kind]) => kind === 'wire' || kind === 'flow')).toEqual([]);
  expect(wireExperiments).toHaveLength(5);
});

test('the server holds a timeout for longer than the client waits', () => {
  const held = of('up')[0]!.find((setting) => setting.startsWith('HTTP_TIMEOUT_SECONDS='));
  expect(Number(held!.split('=')[1])).toBeGreaterThan(target.timeout);
  expect(of('client').find((words) => words[1] === 'balance')).toContain(String(target.timeout));
});

test('the last settings are those of the demo, without a login or a sink', () => {
  expect(of('up').at(-1)).toEqual(
    expect.arrayContaining(['ECHO_MODE=echo', 'LAB_BASIC=', 'LAB_TLS_KEYLOG=1']),
  );
});
