import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isConfirmed } from '#analysis/join/verdicts.ts';
import {
  entriesOf,
  type Found,
  inspect,
  inspectIn,
  type Known,
  type Match,
  withTools,
} from './captured-run.ts';
import { chosenWay, Lab } from './lab.ts';
import { decisions } from './scenario.ts';

const REQUESTS = 2_000;
const MESSAGES = 2_000;

let lab: Lab;
let known: Known;
/** By frame number: hex digits of its payload, and the request line. */
let payloads: Map<number, string>;
let found: Found;

const text = (frames: readonly number[]) =>
  frames.map((frame) => Buffer.from(payloads.get(frame) ?? '', 'hex').toString('latin1')).join('');

beforeAll(async () => {
  // Over TLS a missing frame makes all later ones unreadable: see tls-join.test.ts.
  lab = await Lab.start(
    {
      HTTP_TIMEOUT_SECONDS: '1.5',
      HTTP_FAULTS: 'timeout=0.04,403=0.2,500=0.1',
      ECHO_DELAY_SECONDS: '0-0.3',
      ECHO_TCP_FAULTS:
        'loss=0.1,delay=0.1,corruption=0.1,duplicate=0.1,reorder=0.1,truncate=0.1,reset=0.01,drip=0.02',
      ECHO_UDP_FAULTS: 'loss=0.1,delay=0.1,corruption=0.1,duplicate=0.1,reorder=0.1,truncate=0.1,drip=0.05',
    },
    chosenWay === 'tls' ? 'plain' : chosenWay,
  );
  known = await lab.runInClient('known-exchanges.ts', String(REQUESTS), String(MESSAGES));
  const rows = await lab.frames('server', 'frame', 'frame.number', 'tcp.payload', 'udp.payload');
  payloads = new Map(rows.map(([number, tcp = '', udp = '']) => [Number(number), tcp || udp]));
  found = await entriesOf(lab, 'server');
});
afterAll(() => lab?.end());

const isHttp = ({ entry }: Match) => entry.outcome !== undefined;
const unconfirmed = ({ matches }: Found) => matches.filter((match) => !isConfirmed(match));

describe('every entry is matched with the right frames', () => {
  test('all of both journals, each once', async () => {
    const [http, echo] = [await lab.journal('http'), decisions(await lab.journal('echo'))];
    expect(http.length).toBe(REQUESTS);
    // A client whose connection is reset may have sent further messages.
    const journaled = echo.map(({ protocol, client_port, fault }) => ({
      client: `${protocol} ${client_port}`,
      fault,
    }));
    const reset = new Set(journaled.filter(({ fault }) => fault === 'reset').map(({ client }) => client));
    const whole = (clients: readonly string[]) => clients.filter((client) => !reset.has(client)).sort();
    expect(whole(journaled.map(({ client }) => client))).toEqual(
      whole(known.echo.map(({ protocol, port }) => `${protocol} ${port}`)),
    );
    expect(unconfirmed(found)).toEqual([]);
    // A connection that ends has some unsent answers, and later messages on it have no entry.
    const cut = found.matches.filter(({ reason }) => reason === 'connection-closed' || reason === 'pending');
    expect(cut.length).toBeLessThan(found.matches.length / 20);
    expect(found.withoutEntry.filter(({ from }) => from === 'server')).toEqual([]);
    expect(found.withoutEntry.length).toBeLessThan(found.matches.length / 20);
    const ids = (entries: readonly { id: number }[]) => entries.map(({ id }) => id).sort((a, b) => a - b);
    expect(ids(found.matches.filter(isHttp).map(({ entry }) => entry))).toEqual(ids(http));
    expect(ids(found.matches.filter((match) => !isHttp(match)).map(({ entry }) => entry))).toEqual(ids(echo));
    const faults = new Set(found.matches.map(({ entry }) => entry.fault ?? entry.outcome));
    expect([...faults].sort()).toEqual(
      [
        '200',
        '403',
        '500',
        'timeout',
        'none',
        'loss',
        'delay',
        'corruption',
        'duplicate',
        'reorder',
        'truncate',
        'reset',
        'drip',
      ].sort(),
    );
  });

  test('requests, by the numbers that they carry', () => {
    const byNumber = new Map(known.http.map((request) => [request.number, request]));
    for (const { entry, request } of found.matches.filter(isHttp)) {
      const number = Number(/GET \/getbalance\?number=(\d+) /.exec(text(request))?.[1]);
      const { port, status, isAborted } = byNumber.get(number)!;
      // A client that aborted does not know the outcome.
      const outcome = isAborted ? entry.outcome : String(status ?? 'timeout');
      expect({ number, port, outcome }).toEqual({
        number,
        port: entry.client_port,
        outcome: entry.outcome,
      });
      byNumber.delete(number);
    }
    expect(byNumber.size).toBe(0);
  });

  test('messages, by the numbers that they carry', () => {
    const byPlace = Map.groupBy(known.echo, ({ port, length, tag }) => `${port} ${length} ${tag}`);
    const answered = new Set<string>();
    for (const { entry, request, response, reason } of found.matches
      .filter((match) => !isHttp(match))
      .sort((a, b) => a.entry.id - b.entry.id)) {
      const { number } = byPlace.get(`${entry.client_port} ${entry.length} ${entry.tag}`)!.shift()!;
      expect(text(request)).toContain(`#${number} `);
      const isNumbered =
        ['none', 'delay', 'duplicate', 'reorder'].includes(entry.fault) ||
        (entry.fault === 'corruption' && entry.offset! > String(number).length + 1);
      if (reason !== 'response-sent' || !isNumbered) continue;
      expect(text(response)).toContain(`#${number} `);
      answered.add(`${entry.protocol} ${entry.fault}`);
    }
    // Answers of each kind were checked.
    const kinds = ['none', 'delay', 'duplicate', 'reorder', 'corruption'];
    expect([...answered].sort()).toEqual(kinds.flatMap((kind) => [`tcp ${kind}`, `udp ${kind}`]).sort());
  });

  test('the capture of the client host confirms the same', async () => {
    const own = await entriesOf(lab, 'client');
    expect(unconfirmed(own)).toEqual([]);
    expect(own.matches.length).toBe(found.matches.length);
  });
});

describe('annotated captures', () => {
  beforeAll(() => inspect(lab, 'annotate'));

  test.each(['server', 'client'])('the comments of the %s are the faults of the journal', async (host) => {
    const rows = await withTools(
      lab.settings,
      `tshark -r ${host}.annotated.pcapng -Y frame.comment -T fields -e frame.number -e frame.comment -E aggregator=/s`,
    );
    // tshark has a comment of several lines once as a whole, and once more for each line.
    const commented = rows.split('\n').flatMap((row) => {
      const decided = row.matchAll(/(?:fault|outcome)=(\S+?)(?=[\s,;]).*?; (http|echo)\.log entry (\d+)/g);
      return [...new Set(Array.from(decided, ([, decision, journal, id]) => `${journal} ${id} ${decision}`))];
    });
    const [http, echo] = [await lab.journal('http'), decisions(await lab.journal('echo'))];
    const journaled = [
      ...http.map(({ id, outcome }) => `http ${id} ${outcome}`),
      ...echo.map(({ id, fault }) => `echo ${id} ${fault}`),
    ];
    expect(commented.sort()).toEqual(journaled.sort());
  });

  test('the comment on the capture has its facts', async () => {
    const about = await withTools(lab.settings, 'capinfos server.annotated.pcapng');
    for (const fact of [lab.server, 'seed alice', 'timeout=0.04', 'tshark 4.', 'wirelab 0.'])
      expect(about).toContain(fact);
  });
});

describe('exactly what is removed is missing', () => {
  /** An entry whose request and response each have a frame that no other entry shares. */
  function alone(fits: (match: Match) => boolean): Match {
    const uses = new Map<number, number>();
    for (const { request, response } of found.matches) {
      for (const frame of new Set([...request, ...response])) uses.set(frame, (uses.get(frame) ?? 0) + 1);
    }
    const own = (frames: readonly number[]) => frames.length === 1 && uses.get(frames[0]!) === 1;
    return found.matches.find(
      (match) => fits(match) && own(match.request) && own(match.response) && match.reason === 'response-sent',
    )!;
  }
  const ofEcho = (protocol: string, fault: string) => (match: Match) =>
    match.entry.protocol === protocol && match.entry.fault === fault;
  /** All notices are equal: if one is missing, that of the next loss could take its place. */
  const lastOfPort = (fits: (match: Match) => boolean) => (match: Match) => {
    const { client_port, id } = match.entry;
    const isLater = ({ entry }: Match) => entry.client_port === client_port && entry.id > id;
    return fits(match) && !found.matches.some((other) => isLater(other) && fits(other));
  };
  const name = ({ entry, reason }: Match) => `${entry.outcome ? 'http' : 'echo'} ${entry.id} ${reason}`;

  test('frames', async () => {
    const cases: [Match, 'request' | 'response'][] = [
      [alone(({ entry }) => entry.outcome === '403'), 'request'],
      [alone(({ entry }) => entry.outcome === '200'), 'response'],
      [alone(ofEcho('tcp', 'corruption')), 'request'],
      [alone(ofEcho('tcp', 'delay')), 'response'],
      [alone(ofEcho('udp', 'none')), 'request'],
      [alone(ofEcho('udp', 'corruption')), 'response'],
      [alone(lastOfPort(ofEcho('udp', 'loss'))), 'response'],
    ];
    const frames = cases.map(([match, part]) => match[part][0]);
    await withTools(
      lab.settings,
      `mkdir missing; cp *.log missing; editcap -F pcap server.pcap missing/server.pcap ${frames.join(' ')}`,
    );
    const { matches, withoutEntry } = await entriesOf(lab, 'server', 'missing');
    const expected = cases.map(([match, part]) =>
      name({ ...match, reason: part === 'request' ? 'request-missing' : 'response-missing' }),
    );
    expect(
      unconfirmed({ matches } as Found)
        .map(name)
        .sort(),
    ).toEqual(expected.sort());
    expect(withoutEntry).toEqual(
      found.withoutEntry.map((one) => expect.objectContaining({ what: one.what })),
    );
  });

  test('entries', async () => {
    const removed = [
      alone(({ entry }) => entry.outcome === '500'),
      alone(ofEcho('tcp', 'none')),
      alone(ofEcho('udp', 'truncate')),
    ];
    const lines = removed.map(({ entry }) => `/"id":${entry.id},/d`);
    await withTools(
      lab.settings,
      `mkdir removed; cp server.pcap lab.log removed; sed '${lines[0]}' http.log >removed/http.log; ` +
        `sed -e '${lines[1]}' -e '${lines[2]}' echo.log >removed/echo.log`,
    );
    const { matches, withoutEntry } = await entriesOf(lab, 'server', 'removed');
    expect(unconfirmed({ matches } as Found)).toEqual([]);
    const frames = new Set(withoutEntry.flatMap((one) => one.frames));
    for (const { frames: before } of found.withoutEntry) for (const frame of before) frames.delete(frame);
    const expected = removed.flatMap((match) =>
      isHttp(match) ? match.request : [...match.request, ...match.response],
    );
    expect([...frames].sort()).toEqual([...expected].sort());
  });

  test('a capture that is cut short is read up to its last whole frame', async () => {
    // In the middle of a packet, because tshark may take a cut in a packet's header for the end of the file.
    await withTools(
      lab.settings,
      'mkdir cut; cp *.log cut; frames=$(capinfos -c -r -T server.pcap | cut -f 2); ' +
        'editcap -F pcap -r server.pcap cut/whole.pcap 1-$((frames * 2 / 3)); head -c -1 cut/whole.pcap >cut/server.pcap',
    );
    const end = Number(
      await withTools(
        lab.settings,
        'tshark -r cut/server.pcap -T fields -e frame.time_epoch 2>/dev/null | tail -n 1',
      ),
    );
    const { matches, counts } = await entriesOf(lab, 'server', 'cut');
    expect(counts.cut).toMatch(/cut short/);
    const reasons = new Map(found.matches.map((match) => [`${isHttp(match)} ${match.entry.id}`, match]));
    for (const match of matches) {
      const whole = reasons.get(`${isHttp(match)} ${match.entry.id}`)!;
      if (match.reason === 'response-sent')
        expect([match.request, match.response]).toEqual([whole.request, whole.response]);
    }
    expect(matches.filter(({ reason }) => reason === 'before-capture').length).toBeGreaterThan(100);
    // A journal has milliseconds: the request of an entry in the last one may be on either side of the cut.
    const within = unconfirmed({ matches } as Found).filter(({ reason }) => reason !== 'before-capture');
    expect(within.filter(({ entry }) => Date.parse(entry.timestamp) + 1 <= end * 1_000)).toEqual([]);
  });

  test('a ring of files is one capture', async () => {
    await withTools(
      lab.settings,
      'mkdir ring; cp *.log ring; editcap -F pcap -c 4000 server.pcap ring/part.pcap; cd ring; n=0; ' +
        'for file in part*; do n=$((n + 1)); mv $file server.$(printf %04d $n).pcap; done; mv $(ls server.*.pcap | tail -1) server.pcap',
    );
    const { matches } = await entriesOf(lab, 'server', 'ring');
    const frames = (all: readonly Match[]) =>
      all.map(({ entry, request, response }) => `${entry.outcome} ${entry.id} ${request} ${response}`).sort();
    expect(frames(matches)).toEqual(frames(found.matches));
  });
});

describe('both ends compared', () => {
  test('nothing is lost between the hosts, because faults happen in the programs', async () => {
    const compared = JSON.parse(await inspect(lab, 'compare', '--json'));
    expect(compared.inAll).toEqual({ neverArrived: 0, altered: 0, late: 0, twice: 0 });
    expect(compared.arrived).toBeGreaterThan(REQUESTS);
  });

  test('planted differences are found', async () => {
    const [lost, altered, late, twice] = [60, 70, 80, 90].map(
      (at) =>
        found.matches.filter(({ entry, request }) => entry.protocol === 'udp' && request.length === 1)[at]!
          .request[0]!,
    );
    await withTools(
      lab.settings,
      `mkdir planted; cp *.log client.pcap planted; cd planted
       editcap -F pcap -r ../server.pcap altered.pcap ${altered}; editcap -F pcap --seed 1 -E 0.5 -o 42 altered.pcap altered2.pcap
       editcap -F pcap -r -t 0.5 ../server.pcap late.pcap ${late}; editcap -F pcap -r -t 0.001 ../server.pcap twice.pcap ${twice}
       editcap -F pcap ../server.pcap rest.pcap ${lost} ${altered} ${late}
       mergecap -F pcap -w server.pcap rest.pcap altered2.pcap late.pcap twice.pcap`,
    );
    const compared = JSON.parse(await inspectIn(lab, 'planted', 'compare', '--json'));
    expect(compared.inAll).toEqual({ neverArrived: 1, altered: 1, late: 1, twice: 1 });
    expect(compared.late[0].took).toBeCloseTo(0.5, 1);
  });
});
