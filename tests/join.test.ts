import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isConfirmed } from '#analysis/join/verdicts.ts';
import {
  entriesOf,
  type Found,
  inspect,
  inspectIn,
  type Known,
  type Tie,
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
  // Over TLS a frame that is missing takes what follows with it: that way has tls-join.test.ts.
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

const isHttp = ({ entry }: Tie) => entry.outcome !== undefined;
const untied = ({ ties }: Found) => ties.filter((tie) => !isConfirmed(tie));

describe('every entry is tied, and to the right frames', () => {
  test('all of both journals, each once', async () => {
    const [http, echo] = [await lab.journal('http'), decisions(await lab.journal('echo'))];
    expect(http.length).toBe(REQUESTS);
    // Who is reset has sent some messages in vain.
    const journaled = echo.map(({ protocol, client_port, fault }) => ({
      client: `${protocol} ${client_port}`,
      fault,
    }));
    const reset = new Set(journaled.filter(({ fault }) => fault === 'reset').map(({ client }) => client));
    const whole = (clients: readonly string[]) => clients.filter((client) => !reset.has(client)).sort();
    expect(whole(journaled.map(({ client }) => client))).toEqual(
      whole(known.echo.map(({ protocol, port }) => `${protocol} ${port}`)),
    );
    expect(untied(found)).toEqual([]);
    // A connection that is reset or left ends some answers, and what was sent ahead on it has no entry.
    const cut = found.ties.filter(({ verdict }) => verdict === 'gone' || verdict === 'open');
    expect(cut.length).toBeLessThan(found.ties.length / 20);
    expect(found.loose.filter(({ from }) => from === 'server')).toEqual([]);
    expect(found.loose.length).toBeLessThan(found.ties.length / 20);
    const ids = (entries: readonly { id: number }[]) => entries.map(({ id }) => id).sort((a, b) => a - b);
    expect(ids(found.ties.filter(isHttp).map(({ entry }) => entry))).toEqual(ids(http));
    expect(ids(found.ties.filter((tie) => !isHttp(tie)).map(({ entry }) => entry))).toEqual(ids(echo));
    const faults = new Set(found.ties.map(({ entry }) => entry.fault ?? entry.outcome));
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
    for (const { entry, request } of found.ties.filter(isHttp)) {
      const number = Number(/GET \/getbalance\?number=(\d+) /.exec(text(request))?.[1]);
      const { port, status, left } = byNumber.get(number)!;
      // Who has left does not know it.
      const outcome = left ? entry.outcome : String(status ?? 'timeout');
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
    for (const { entry, request, answer, verdict } of found.ties
      .filter((tie) => !isHttp(tie))
      .sort((a, b) => a.entry.id - b.entry.id)) {
      const { number } = byPlace.get(`${entry.client_port} ${entry.length} ${entry.tag}`)!.shift()!;
      expect(text(request)).toContain(`#${number} `);
      const isNumbered =
        ['none', 'delay', 'duplicate', 'reorder'].includes(entry.fault) ||
        (entry.fault === 'corruption' && entry.offset! > String(number).length + 1);
      if (verdict !== 'answered' || !isNumbered) continue;
      expect(text(answer)).toContain(`#${number} `);
      answered.add(`${entry.protocol} ${entry.fault}`);
    }
    // Answers of each kind were looked at.
    const kinds = ['none', 'delay', 'duplicate', 'reorder', 'corruption'];
    expect([...answered].sort()).toEqual(kinds.flatMap((kind) => [`tcp ${kind}`, `udp ${kind}`]).sort());
  });

  test('the client host tells the same', async () => {
    const own = await entriesOf(lab, 'client');
    expect(untied(own)).toEqual([]);
    expect(own.ties.length).toBe(found.ties.length);
  });
});

describe('annotated captures', () => {
  beforeAll(() => inspect(lab, 'annotate'));

  test.each(['server', 'client'])('the comments of the %s are the faults of the journal', async (host) => {
    const rows = await withTools(
      lab.settings,
      `tshark -r ${host}.annotated.pcapng -Y frame.comment -T fields -e frame.number -e frame.comment -E aggregator=/s`,
    );
    const comments = [
      ...rows.matchAll(/(?:fault|outcome)=(\S+?)(?=[\s,;]).*?; (http|echo)\.log entry (\d+)/g),
    ];
    const told = comments.map(([, decision, journal, id]) => `${journal} ${id} ${decision}`);
    const [http, echo] = [await lab.journal('http'), decisions(await lab.journal('echo'))];
    const journaled = [
      ...http.map(({ id, outcome }) => `http ${id} ${outcome}`),
      ...echo.map(({ id, fault }) => `echo ${id} ${fault}`),
    ];
    expect(told.sort()).toEqual(journaled.sort());
  });

  test('the capture says what it is', async () => {
    const about = await withTools(lab.settings, 'capinfos server.annotated.pcapng');
    for (const said of [lab.server, 'seed alice', 'timeout=0.04', 'tshark 4.', 'wirelab 0.'])
      expect(about).toContain(said);
  });
});

describe('what is taken out is what is missed', () => {
  /** Entries with a request of their own frame and an answer of theirs, one of each kind, so that one frame is one entry. */
  function alone(matches: (tie: Tie) => boolean): Tie {
    const uses = new Map<number, number>();
    for (const { request, answer } of found.ties) {
      for (const frame of new Set([...request, ...answer])) uses.set(frame, (uses.get(frame) ?? 0) + 1);
    }
    const own = (frames: readonly number[]) => frames.length === 1 && uses.get(frames[0]!) === 1;
    return found.ties.find(
      (tie) => matches(tie) && own(tie.request) && own(tie.answer) && tie.verdict === 'answered',
    )!;
  }
  const ofEcho = (protocol: string, fault: string) => (tie: Tie) =>
    tie.entry.protocol === protocol && tie.entry.fault === fault;
  /** Notices are all alike: where one is missing, that of the next loss soon after could be it. */
  const lastOfPort = (matches: (tie: Tie) => boolean) => (tie: Tie) => {
    const { client_port, id } = tie.entry;
    const isLater = ({ entry }: Tie) => entry.client_port === client_port && entry.id > id;
    return matches(tie) && !found.ties.some((other) => isLater(other) && matches(other));
  };
  const name = ({ entry, verdict }: Tie) => `${entry.outcome ? 'http' : 'echo'} ${entry.id} ${verdict}`;

  test('frames', async () => {
    const cases: [Tie, 'request' | 'answer'][] = [
      [alone(({ entry }) => entry.outcome === '403'), 'request'],
      [alone(({ entry }) => entry.outcome === '200'), 'answer'],
      [alone(ofEcho('tcp', 'corruption')), 'request'],
      [alone(ofEcho('tcp', 'delay')), 'answer'],
      [alone(ofEcho('udp', 'none')), 'request'],
      [alone(ofEcho('udp', 'corruption')), 'answer'],
      [alone(lastOfPort(ofEcho('udp', 'loss'))), 'answer'],
    ];
    const frames = cases.map(([tie, part]) => tie[part][0]);
    await withTools(
      lab.settings,
      `mkdir missing; cp *.log missing; editcap -F pcap server.pcap missing/server.pcap ${frames.join(' ')}`,
    );
    const { ties, loose } = await entriesOf(lab, 'server', 'missing');
    const expected = cases.map(([tie, part]) =>
      name({ ...tie, verdict: part === 'request' ? 'lost' : 'unanswered' }),
    );
    expect(
      untied({ ties } as Found)
        .map(name)
        .sort(),
    ).toEqual(expected.sort());
    expect(loose).toEqual(found.loose.map((one) => expect.objectContaining({ what: one.what })));
  });

  test('entries', async () => {
    const gone = [
      alone(({ entry }) => entry.outcome === '500'),
      alone(ofEcho('tcp', 'none')),
      alone(ofEcho('udp', 'truncate')),
    ];
    const lines = gone.map(({ entry }) => `/"id":${entry.id},/d`);
    await withTools(
      lab.settings,
      `mkdir silent; cp server.pcap lab.log silent; sed '${lines[0]}' http.log >silent/http.log; ` +
        `sed -e '${lines[1]}' -e '${lines[2]}' echo.log >silent/echo.log`,
    );
    const { ties, loose } = await entriesOf(lab, 'server', 'silent');
    expect(untied({ ties } as Found)).toEqual([]);
    const frames = new Set(loose.flatMap((one) => one.frames));
    for (const { frames: before } of found.loose) for (const frame of before) frames.delete(frame);
    const expected = gone.flatMap((tie) => (isHttp(tie) ? tie.request : [...tie.request, ...tie.answer]));
    expect([...frames].sort()).toEqual([...expected].sort());
  });

  test('a capture that is cut short is read up to there', async () => {
    // In the middle of a packet: at some places in a packet's header tshark takes the end for that of the file.
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
    const { ties, counts } = await entriesOf(lab, 'server', 'cut');
    expect(counts.cut).toMatch(/cut short/);
    const verdicts = new Map(found.ties.map((tie) => [`${isHttp(tie)} ${tie.entry.id}`, tie]));
    for (const tie of ties) {
      const whole = verdicts.get(`${isHttp(tie)} ${tie.entry.id}`)!;
      if (tie.verdict === 'answered')
        expect([tie.request, tie.answer]).toEqual([whole.request, whole.answer]);
    }
    expect(ties.filter(({ verdict }) => verdict === 'outside').length).toBeGreaterThan(100);
    // A journal has milliseconds: of an entry in the capture's last one nobody can say on which side of the cut its
    // request was.
    const within = untied({ ties } as Found).filter(({ verdict }) => verdict !== 'outside');
    expect(within.filter(({ entry }) => Date.parse(entry.timestamp) + 1 <= end * 1_000)).toEqual([]);
  });

  test('a ring of files is one capture', async () => {
    await withTools(
      lab.settings,
      'mkdir ring; cp *.log ring; editcap -F pcap -c 4000 server.pcap ring/part.pcap; cd ring; n=0; ' +
        'for file in part*; do n=$((n + 1)); mv $file server.$(printf %04d $n).pcap; done; mv $(ls server.*.pcap | tail -1) server.pcap',
    );
    const { ties } = await entriesOf(lab, 'server', 'ring');
    const frames = (all: readonly Tie[]) =>
      all.map(({ entry, request, answer }) => `${entry.outcome} ${entry.id} ${request} ${answer}`).sort();
    expect(frames(ties)).toEqual(frames(found.ties));
  });
});

describe('both ends compared', () => {
  test('nothing is lost between the hosts: the faults happen in the programs', async () => {
    const compared = JSON.parse(await inspect(lab, 'compare', '--json'));
    expect(compared.inAll).toEqual({ neverArrived: 0, altered: 0, late: 0, twice: 0 });
    expect(compared.arrived).toBeGreaterThan(REQUESTS);
  });

  test('what is planted is found', async () => {
    const [lost, altered, late, twice] = [60, 70, 80, 90].map(
      (at) =>
        found.ties.filter(({ entry, request }) => entry.protocol === 'udp' && request.length === 1)[at]!
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
