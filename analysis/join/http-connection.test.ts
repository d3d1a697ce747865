import { beforeEach, describe, expect, test } from '@jest/globals';
import { type TcpWire, Wire } from './join-testing.ts';

let wire: Wire;
let http: TcpWire;

beforeEach(() => {
  wire = new Wire();
  // The handshake is frames 1 to 3.
  http = wire.tcp({ server: 'http' }).open();
});

function exchange(outcome: string, code = outcome) {
  http.get();
  http.outcome(outcome);
  http.code(code);
}

describe.each([0.0001, 0.002])('with %d s between frames', (step) => {
  beforeEach(() => {
    wire.step = step;
  });

  test('requests on a kept-alive connection', async () => {
    for (const outcome of ['200', '403', '500', '200']) exchange(outcome);
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
      'response-sent 8 by 9, shown in 9',
      'response-sent 10 by 11, shown in 11',
    ]);
  });

  test('an answer in several segments is complete with the last', async () => {
    http.get();
    http.outcome('200');
    http.answer('HTTP/1.1 200 OK\r\n');
    http.code('200');
    expect(await wire.lines()).toEqual(['response-sent 4 by 6, shown in 6']);
  });

  test('pipelined requests in segments of their own', async () => {
    http.get();
    http.get();
    for (const outcome of ['403', '200']) {
      http.outcome(outcome);
      http.code(outcome);
    }
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 6, shown in 6',
      'response-sent 5 by 7, shown in 7',
    ]);
  });

  test('requests in one segment', async () => {
    http.get('/getbalance', ['/getbalance?2', '/getbalance']);
    for (const outcome of ['403', '200', '500']) http.outcome(outcome);
    http.code('403', '200');
    http.code('500');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 4 by 5, shown in 5',
      'response-sent 4 by 6, shown in 6',
    ]);
  });

  test('after an interim answer, the final one counts', async () => {
    for (const outcome of ['200', '403']) {
      http.get();
      http.code('100');
      http.outcome(outcome);
      http.client('');
      http.code(outcome);
    }
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 7, shown in 7',
      'response-sent 8 by 11, shown in 11',
    ]);
  });

  test('an interim answer and the final one in one segment', async () => {
    http.get();
    http.outcome('200');
    http.code('100', '103', '200');
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });

  test('an interim answer to a refused request, or to one without an entry', async () => {
    http.get('/login');
    http.code('100');
    http.outcome('401', { path: '/login', reason: 'no credentials' });
    http.code('401');
    http.get('/nowhere');
    http.code('100');
    http.code('404');
    exchange('200');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 6, shown in 6',
      'response-sent 10 by 11, shown in 11',
    ]);
  });

  test('an interim answer alone does not count', async () => {
    http.get();
    http.outcome('200');
    http.code('100');
    wire.pass(5);
    http.client('');
    expect(await wire.lines()).toEqual(['response-missing 4 by none, shown in 4']);
  });

  test('after an interim answer, a timeout', async () => {
    http.get();
    http.code('100');
    http.outcome('timeout');
    http.client('');
    wire.pass(10);
    http.fin('client');
    expect(await wire.lines()).toEqual(['nothing-sent 4 by none, shown in 4, ended in 7']);
  });

  test('after an interim answer, a pipelined request', async () => {
    http.get();
    http.code('100');
    http.get('/getbalance?2');
    for (const outcome of ['200', '403']) http.outcome(outcome);
    for (const outcome of ['200', '403']) http.code(outcome);
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 7, shown in 7',
      'response-sent 6 by 8, shown in 8',
    ]);
  });

  test('several requests in one segment, the last a timeout', async () => {
    http.get('/getbalance', ['/getbalance']);
    for (const outcome of ['200', 'timeout']) http.outcome(outcome);
    http.code('200');
    http.client('');
    wire.pass(10);
    http.fin('client');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'nothing-sent 4 by none, shown in 4, ended in 7',
    ]);
  });

  test.each(['/getlogs', '/getbalance'])(
    '%s and another request in one segment, the last a timeout, and an answer in several segments',
    async (path) => {
      http.get(path, ['/getbalance']);
      for (const outcome of path === '/getlogs' ? ['timeout'] : ['200', 'timeout']) http.outcome(outcome);
      http.answer('HTTP/1.1 200 OK\r\n');
      http.code('200');
      http.client('');
      wire.pass(10);
      http.fin('client');
      const lines = await wire.lines();
      expect(lines.at(-1)).toBe('nothing-sent 4 by none, shown in 4, ended in 8');
      expect(lines.slice(0, -1)).toEqual(path === '/getlogs' ? [] : ['response-sent 4 by 6, shown in 6']);
    },
  );

  describe.each([
    ['in plain text', undefined],
    ['over TLS', 'TLSv1.3'],
  ])('a request with a body, %s', (_how, tls) => {
    /** The first frame of the incomplete request. */
    let begin: number | undefined;

    const asks = (requests: readonly string[] = []) => {
      const fields = { requests, begin: requests.length > 0 ? begin : undefined };
      const frame = http.client('body', fields);
      begin = requests.length > 0 ? undefined : (begin ?? frame.number);
      return frame;
    };

    /** An unknown method. */
    const asksUnknown = () => {
      asks();
      begin = undefined;
    };

    beforeEach(() => {
      wire = new Wire();
      wire.step = step;
      http = wire.tcp({ server: 'http', tls }).open();
      begin = undefined;
    });

    test('is refused before it is complete', async () => {
      asks();
      http.code('100');
      http.outcome('401', { path: '/a', reason: 'no credentials' });
      http.code('401');
      asks();
      asks(['POST /a']);
      asks();
      http.outcome('401', { path: '/b', reason: 'no credentials' });
      http.code('401');
      expect(await wire.lines()).toEqual([
        'response-sent 4 by 6, shown in 6',
        'response-sent 9 by 10, shown in 10',
      ]);
    });

    test('is refused, and never complete', async () => {
      asks();
      http.outcome('401', { path: '/a', reason: 'no credentials' });
      http.code('401');
      asks();
      http.fin('client');
      http.code('400');
      http.fin('server');
      expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
    });

    test('is answered before it is complete, and so are later requests', async () => {
      for (const code of ['200', '404']) {
        asks();
        if (code === '200') http.outcome('200');
        http.code(code);
        asks([code === '200' ? 'GET /getbalance' : 'POST /getbalance', 'GET /getbalance?2']);
        http.outcome('403');
        http.code('403');
      }
      expect(await wire.lines()).toEqual([
        'response-sent 4 by 5, shown in 5',
        'response-sent 6 by 7, shown in 7',
        'response-sent 10 by 11, shown in 11',
      ]);
    });

    test('is in the frame that completes it, unless it was answered before', async () => {
      asks();
      http.code('100');
      asks(['GET /getbalance']);
      http.outcome('200');
      http.code('200');
      expect(await wire.lines()).toEqual(['response-sent 6 by 7, shown in 7']);
    });

    test.each([
      ['of an unknown method', ['404']],
      ['of an unknown method, twice', ['404', '405']],
      ['without its head in the capture', ['400']],
    ])('%s, is answered, and a request follows', async (_what, codes) => {
      const lines = [
        'response-sent',
        ...codes.map((code, at) => `unjournaled server response ${code} in ${5 + 2 * at}`),
      ];
      for (const code of codes) {
        asksUnknown();
        http.code(code);
      }
      const request = asks(['GET /getbalance']);
      http.outcome('200');
      const answer = http.code('200');
      lines[0] = `response-sent ${request.number} by ${answer.number}, shown in ${answer.number}`;
      expect(await wire.lines()).toEqual(lines);
    });

    test('has an unknown method, and is old', async () => {
      asksUnknown();
      http.code('404');
      wire.pass(5);
      asks(['GET /getbalance']);
      http.outcome('200');
      http.code('200');
      expect(await wire.lines()).toEqual([
        'response-sent 6 by 7, shown in 7',
        'unjournaled server response 404 in 5',
      ]);
    });

    test('continues long after it was answered', async () => {
      asks();
      http.code('404');
      wire.pass(5);
      asks(['POST /nowhere']);
      asks(['GET /getbalance']);
      http.outcome('200');
      http.code('200');
      expect(await wire.lines()).toEqual(['response-sent 7 by 8, shown in 8']);
    });

    test('is incomplete in the capture and answered, and a request follows', async () => {
      asksUnknown();
      http.outcome('200');
      http.code('200');
      // Within a millisecond of the journal the next request could be its own.
      wire.pass(0.002);
      asks(['GET /getbalance']);
      http.outcome('403');
      http.code('403');
      expect(await wire.lines()).toEqual([
        'response-sent 4 by 5, shown in 5',
        'response-sent 6 by 7, shown in 7',
      ]);
    });

    test('is incomplete in the capture without an answer, and a request follows', async () => {
      asksUnknown();
      http.outcome('200');
      const answer = http.code('200');
      wire.pass(0.002);
      asks(['GET /getbalance']);
      http.outcome('403');
      http.code('403');
      expect(await wire.lines({ without: [answer] })).toEqual([
        'request-missing none by none',
        'response-sent 6 by 7, shown in 7',
      ]);
    });

    test('has an unknown method, and a request in two segments follows', async () => {
      asksUnknown();
      http.code('404');
      asks();
      asks(['GET /getbalance']);
      http.outcome('200');
      http.code('200');
      expect(await wire.lines()).toEqual([
        'response-sent 7 by 8, shown in 8',
        'unjournaled server response 404 in 5',
      ]);
    });

    test('is no HTTP', async () => {
      asksUnknown();
      http.code('400');
      http.fin('server');
      expect(await wire.lines()).toEqual(['unjournaled server response 400 in 5']);
    });

    test('is not a retransmission', async () => {
      const first = asks();
      asks(['GET /getbalance']);
      http.client('body', { seq: first.seq });
      http.outcome('200');
      http.code('200');
      expect(await wire.lines()).toEqual(['response-sent 5 by 7, shown in 7']);
    });
  });

  test('a change of protocols is a final answer', async () => {
    exchange('101');
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });

  test('a timeout that the client ends', async () => {
    http.get();
    http.outcome('timeout');
    wire.pass(10);
    http.fin('client');
    http.fin('server');
    expect(await wire.lines()).toEqual(['nothing-sent 4 by none, shown in 4, ended in 5']);
  });

  test('a timeout that the server ends, on a connection that was kept alive', async () => {
    exchange('200');
    http.get();
    http.outcome('timeout');
    wire.pass(15);
    http.fin('server');
    http.client('');
    http.fin('client');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'nothing-sent 6 by none, shown in 6, ended in 7',
    ]);
  });

  test('a timeout that lasts longer than the capture', async () => {
    http.get();
    http.outcome('timeout');
    expect(await wire.lines()).toEqual(['nothing-sent 4 by none, shown in 4']);
  });

  test('a timeout that is answered', async () => {
    exchange('timeout', '200');
    expect(await wire.lines()).toEqual(['response-differs 4 by 5, shown in 5']);
  });

  test('a wrong code contradicts its own entry only', async () => {
    exchange('200');
    exchange('403', '200');
    exchange('500');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-differs 6 by 7, shown in 7',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test('a client that disconnects before the answer', async () => {
    http.get();
    http.outcome('200');
    http.reset('client');
    wire.pass(5);
    wire.udp().client('later');
    const [line] = await wire.lines();
    expect(line).toBe('connection-closed 4 by none, shown in 4, ended in 5');
  });

  test.each(['client', 'server'] as const)('a missing answer when the %s closes much later', async (side) => {
    http.get();
    http.outcome('200');
    http.answer('');
    wire.pass(60);
    if (side === 'client') http.reset('client');
    else http.fin('server');
    expect(await wire.lines()).toEqual(['response-missing 4 by none, shown in 4']);
  });

  test('a capture that ends before the answer', async () => {
    http.get();
    http.outcome('200');
    expect(await wire.lines()).toEqual(['pending 4 by none, shown in 4']);
  });

  test('a deleted request', async () => {
    exchange('200');
    const request = http.get();
    http.outcome('403');
    http.code('403');
    // Within a millisecond of the journal the next request could be its own.
    wire.pass(0.002);
    exchange('500');
    exchange('403');
    expect(await wire.lines({ without: [request] })).toEqual([
      'response-sent 4 by 5, shown in 5',
      'request-missing none by 7, shown in 7',
      'response-sent 8 by 9, shown in 9',
      'response-sent 10 by 11, shown in 11',
    ]);
  });

  test('a deleted answer', async () => {
    exchange('200');
    http.get();
    http.outcome('403');
    const answer = http.code('403');
    exchange('403');
    exchange('500');
    expect(await wire.lines({ without: [answer] })).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-missing 6 by none, shown in 6',
      'response-sent 8 by 9, shown in 9',
      'response-sent 10 by 11, shown in 11',
    ]);
  });

  test('a deleted last answer', async () => {
    exchange('200');
    http.get();
    http.outcome('403');
    const answer = http.code('403');
    http.fin('client');
    http.fin('server');
    expect(await wire.lines({ without: [answer] })).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-missing 6 by none, shown in 6',
    ]);
  });

  test('a deleted answer to a page that is not journaled', async () => {
    http.get('/getlogs');
    const answer = http.code('200');
    exchange('403');
    expect(await wire.lines({ without: [answer] })).toEqual(['response-sent 6 by 7, shown in 7']);
  });

  test.each([
    '/getlogs',
    '/',
    '/getbalances',
    '/getbalance/',
    '/GetBalance',
    '/a/../getbalance',
    '//x/getbalance',
    'http://x/y',
  ])('%s has no entry', async (path) => {
    exchange('200');
    http.get(path);
    http.code('404');
    exchange('403');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test.each([
    ['/a,b', '/a,b'],
    ['/a/../b', '/b'],
    ['//x/y', '/y'],
    ['/{x}', '/%7Bx%7D'],
    ['/a\\b', '/a/b'],
    ['http://alice@x/y?z', '/y'],
    ['http://x:99999/y', ''],
    ['bob@example.com:443', 'example.com:443'],
    [`/{}${'x'.repeat(300)}`, `/%7B%7D${'x'.repeat(193)}`],
  ])('a request for %s was refused, and its entry has the path %s', async (target, path) => {
    http.get('/other', [target, '/another']);
    for (const each of ['/other', path, '/another']) {
      http.outcome('401', { path: each, reason: 'no credentials' });
      http.code('401');
    }
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 4 by 6, shown in 6',
      'response-sent 4 by 7, shown in 7',
    ]);
  });

  test.each([
    '/getbalance?user=alice',
    '/getbalance#alice',
    'http://server-host:8080/getbalance',
    'HTTP://x/getbalance',
    'Https://alice@x/getbalance?y#z',
  ])('%s is the same page', async (target) => {
    http.get(target);
    http.outcome('500');
    http.code('500');
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });

  test('a request without an entry', async () => {
    http.get();
    http.code('200');
    expect(await wire.lines()).toEqual(['unjournaled client GET /getbalance in 4']);
  });

  test.each(['400', '408', '417', '431'])(
    'a request that Node refuses with %s needs no entry',
    async (code) => {
      http.get();
      http.code(code);
      expect(await wire.lines()).toEqual([]);
    },
  );

  test('a refused request is not confused with the next one, though earlier servers did not count it', async () => {
    http.get();
    http.code('417');
    http.get();
    http.outcome('200', { exchange: 1, answer_at: 'HTTP/1.1 417 \r\n\r\n'.length });
    http.code('200');
    expect(await wire.lines()).toEqual(['response-sent 6 by 7, shown in 7']);
  });

  test('an answered request does not belong to a later entry of its number', async () => {
    http.get();
    http.code('500');
    http.get();
    http.outcome('200', { exchange: 1, answer_at: 'HTTP/1.1 500 \r\n\r\n'.length });
    http.code('200');
    expect(await wire.lines()).toEqual([
      'response-sent 6 by 7, shown in 7',
      'unjournaled client GET /getbalance in 4',
    ]);
  });

  test('an answer without a request', async () => {
    exchange('200');
    http.code('500');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'unjournaled server response 500 in 6',
    ]);
  });

  test.each([0.02, 60])('a port that is reused %d s later', async (seconds) => {
    exchange('200');
    http.get();
    http.outcome('timeout');
    http.fin('client');
    http.fin('server');
    wire.pass(seconds);
    http = wire.tcp({ server: 'http', numbers: { client: 5, server: 6 } }).open();
    exchange('403');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'nothing-sent 6 by none, shown in 6, ended in 7',
      'response-sent 12 by 13, shown in 13',
    ]);
  });
});

test('an answer after a delay of the network is timed', async () => {
  http.get();
  http.outcome('200');
  wire.pass(0.5);
  http.code('200');
  const { matches } = await wire.join();
  expect(matches[0]!.took).toBeCloseTo(0.5003, 5);
});

test('sequence numbers that wrap', async () => {
  wire = new Wire();
  http = wire.tcp({ server: 'http', numbers: { client: 2 ** 32 - 40, server: 2 ** 32 - 30 } }).open();
  exchange('200');
  exchange('403');
  exchange('500');
  expect(await wire.lines()).toEqual([
    'response-sent 4 by 5, shown in 5',
    'response-sent 6 by 7, shown in 7',
    'response-sent 8 by 9, shown in 9',
  ]);
});

describe('a pipelined request after a held one', () => {
  const held = (wire: Wire) => {
    const client = wire.tcp({ server: 'http' }).open();
    client.get('/getbalance', ['/getbalance']);
    client.outcome('timeout');
    client.outcome('200');
    client.answer('');
    return client;
  };

  test('gets no answer when the server closes', async () => {
    const wire = new Wire();
    const client = held(wire);
    wire.pass(15);
    client.fin('server');
    client.fin('client');
    expect(await wire.lines()).toEqual([
      'nothing-sent 4 by none, shown in 4, ended in 6',
      'connection-closed 4 by none, shown in 4, ended in 6',
    ]);
  });

  test('gets no answer in a segment of its own when the client resets', async () => {
    const wire = new Wire();
    const client = wire.tcp({ server: 'http' }).open();
    client.get();
    client.outcome('timeout');
    client.get();
    client.outcome('403');
    wire.pass(10);
    client.reset('client');
    expect(await wire.lines()).toEqual([
      'nothing-sent 4 by none, shown in 4, ended in 6',
      'connection-closed 5 by none, shown in 5, ended in 6',
    ]);
  });

  test('is pending when the capture ends meanwhile', async () => {
    const wire = new Wire();
    held(wire);
    wire.pass(5);
    wire.tcp({ port: 40_001 }).open();
    expect(await wire.lines()).toEqual([
      'nothing-sent 4 by none, shown in 4',
      'pending 4 by none, shown in 4',
    ]);
  });

  test('contradicts its entry when it gets a different answer', async () => {
    const wire = new Wire();
    const client = held(wire);
    client.code('500');
    client.fin('server');
    expect((await wire.lines())[0]).toBe('response-differs 4 by 6, shown in 6');
  });
});
