import { expect, test } from '@jest/globals';
import type { Run } from '#lib/journal/run.ts';
import { aboutCapture, withoutAbout } from './about.ts';

const start = {
  timestamp: '2025-06-01T10:00:00.000Z',
  versions: { wirelab: '1.2.3', node: '24.0.0' },
  addresses: {},
  port: 9090,
};
const run: Run = {
  addresses: { server: '10.0.28.182', client: '10.0.142.133' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
  versions: {},
  starts: [
    {
      ...start,
      program: 'echo',
      mode: 'sink',
      faults: [{ server: 'echo-tcp', profile: 'loss=1', seed: 'a' }],
    },
    { ...start, program: 'http', faults: [{ server: 'http', profile: 'none', seed: 'a' }] },
  ],
};

test('the comment on a capture has its hosts, fault profiles and versions', () => {
  const capture = { name: 'server', folder: '', files: [] };
  expect(aboutCapture(capture, run, { wirelab: '1.2.3', tshark: '4.4.0' }).split('\n')).toEqual([
    'wirelab, capture of the server host',
    'server host 10.0.28.182: http 8080/tcp, echo 9090/tcp and udp',
    'over TLS: http 8443/tcp, echo 9443/tcp',
    'client host 10.0.142.133',
    '2025-06-01T10:00:00.000Z echo starts as a sink',
    '2025-06-01T10:00:00.000Z http starts with the fault profile none, seed a',
    'wirelab 1.2.3, tshark 4.4.0',
  ]);
});

test('a file is named in its comment', () => {
  const capture = { name: 'own.pcap', folder: '', files: [] };
  expect(aboutCapture(capture, run, {})).toMatch(/^wirelab, capture of own\.pcap\n/);
});

test.each([
  ['this version', (line: string) => line],
  [
    'an earlier version',
    (line: string) =>
      line
        .replace('wirelab, capture', 'wirelab, the capture')
        .replace('starts with the fault profile', 'begins with')
        .replace('starts', 'begins'),
  ],
])('all its lines are found again, also of %s', (_which, as) => {
  const capture = { name: 'server', folder: '', files: [] };
  const about = aboutCapture(capture, run, { wirelab: '1.2.3', tshark: '4.4.0' });
  const comment = `${about.split('\n').map(as).join('\n')}\nmy run`;
  expect(withoutAbout(comment)).toBe('my run');
});
