import type { Report } from '../facts/facts.ts';
import {
  decision,
  delay,
  experiments,
  flow,
  hexOf,
  periods,
  rung,
  rungs,
  transfer,
} from './facts-testing.ts';
import { threeWays } from './three-ways-testing.ts';

/** A report of a run with empty captures. */
export const emptyReport: Report = {
  made: '2026-11-22T01:40:00.000Z',
  lab: {
    addresses: { client: '10.0.142.133', server: '10.0.28.182' },
    ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
    versions: {},
  },
  captures: [{ host: 'server', frames: 0, problem: 'it has no packet' }],
  lostDatagrams: 0,
  threeWays: [],
  experiments: [],
  periods: [],
  decisions: [],
  decisionsInAll: 0,
  delays: [],
  ladders: [],
  transfers: [],
  flows: [],
  flowsInAll: 0,
  exposed: [],
  exposedInAll: 0,
  matching: {
    verdicts: { confirmed: 0, contradicted: 0, encrypted: 0, unknown: 0 },
    reasons: {},
    entries: [],
    withoutEntry: [],
    handshakes: [],
    entriesInAll: 0,
    withoutEntryInAll: 0,
    handshakesInAll: 0,
  },
  compared: undefined,
};

/** A report of a demo with something in every section. */
export function sampleReport({ decisions = 120, points = 240 } = {}): Report {
  return {
    made: '2026-11-22T01:40:00.000Z',
    lostDatagrams: 0,
    lab: {
      addresses: { client: '10.0.142.133', server: '10.0.28.182' },
      ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
      versions: { wirelab: '0.1.0', 'Node.js': '24.11.0', tshark: '4.4.7' },
    },
    captures: [
      {
        host: 'server',
        frames: 2_310,
        first: '2026-11-22T01:29:41.424Z',
        last: '2026-11-22T01:33:02.911Z',
      },
      {
        host: 'client',
        frames: 2_308,
        first: '2026-11-22T01:29:41.424Z',
        last: '2026-11-22T01:33:01.100Z',
        problem: 'cut short in the middle of a packet',
      },
    ],
    experiments,
    threeWays,
    periods,
    decisions: Array.from({ length: decisions }, (_, index) => decision(index, decisions)),
    decisionsInAll: decisions + 880,
    delays: Array.from({ length: 40 }, (_, index) => delay(index)),
    ladders: [
      {
        title: 'Echo over TCP: corruption',
        client: '10.0.142.133:41234',
        server: '10.0.28.182:9090',
        rungs,
        moreRungs: 7,
      },
      {
        title: 'Echo over UDP: delay',
        client: '10.0.142.133:50212',
        server: '10.0.28.182:9090',
        moreRungs: 0,
        rungs: [
          {
            ...rung(61, 0, true, '50212 → 9090 Len=14', 'Test4|7d3cf0f1'),
            protocol: 'UDP',
            comment: 'fault=delay 2990 ms',
          },
          { ...rung(64, 2.99083, false, '9090 → 50212 Len=14', 'Test4|7d3cf0f1'), protocol: 'UDP' },
        ],
      },
    ],
    transfers: [transfer('7f3a90c1', 'go-back-n', points), transfer('19bb02de', 'selective-repeat', points)],
    flows: [flow()],
    flowsInAll: 3,
    exposed: [
      { frame: 12, what: 'body', text: 'Hello from Client\n' },
      ...[36, 38, 44, 51, 58, 63, 70].map((frame) => ({ frame, what: 'body', text: 'Hey' })),
      { frame: 77, what: 'HTTP request line', text: 'GET /getbalance HTTP/1.1' },
      { frame: 91, what: 'password', text: 'user=<script>alert("x")</script>&password=hunter2' },
    ],
    exposedInAll: 1_204,
    matching: {
      verdicts: { confirmed: 974, contradicted: 1, encrypted: 0, unknown: 2 },
      reasons: {
        'response-sent': 940,
        received: 11,
        'nothing-sent': 20,
        'connection-closed': 3,
        'response-differs': 1,
        'before-capture': 2,
      },
      entries: [
        {
          id: 48,
          decider: 'echo-tcp',
          decision: 'fault=corruption byte 4: 0x31 to 0xce',
          verdict: 'contradicted',
          reason: 'response-differs',
          frame: 310,
        },
        { id: 49, decider: 'http', decision: 'outcome=403', verdict: 'unknown', reason: 'before-capture' },
        { id: 50, decider: 'http', decision: 'outcome=200', verdict: 'unknown', reason: 'before-capture' },
      ],
      withoutEntry: [
        {
          client: '10.0.142.133:52001',
          server: 'echo',
          from: 'client',
          what: '12 bytes',
          frames: [401, 402],
        },
      ],
      handshakes: [
        {
          id: 51,
          server: 'http',
          client: '10.0.142.133:52002',
          reason: 'no cipher suite in common (alert handshake_failure)',
          frame: 410,
        },
      ],
      entriesInAll: 3,
      withoutEntryInAll: 1,
      handshakesInAll: 1,
    },
    compared: {
      cut: [],
      without: [],
      arrived: 2_301,
      unknown: 0,
      neverArrived: [
        { from: 'client', frame: 88, info: '41234 → 9090 [PSH, ACK] Seq=1 Ack=1 Win=64256 Len=14' },
      ],
      altered: [],
      late: [
        {
          from: 'server',
          frame: 90,
          arrivedAs: 89,
          info: '9090 → 41234 [ACK] Seq=1 Ack=15 Len=0',
          took: 0.21,
        },
      ],
      twice: [],
      inAll: { neverArrived: 1, altered: 0, late: 1, twice: 0 },
      retransmissions: 2,
      oneWay: { median: 0.000021, p99: 0.000094, longest: 0.21 },
    },
  };
}

/** The sample report with every text replaced by this one, except those of a closed set. */
export function reportOf(text: string): Report {
  const closed = ['host', 'decider', 'verdict', 'reason', 'from', 'kind', 'name', 'readBy'];
  const spoil = (value: unknown, key = ''): unknown => {
    if (closed.includes(key)) return value;
    if (typeof value === 'string') return ['bytes', 'wire'].includes(key) ? hexOf(text) : text;
    if (Array.isArray(value)) return value.map((one) => spoil(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, name)]));
  };
  return spoil(sampleReport()) as Report;
}
