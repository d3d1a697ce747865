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

describe.each([0.0001, 0.002])('with %d s from frame to frame', (step) => {
  beforeEach(() => {
    wire.step = step;
  });

  test('requests of a connection that is kept alive', async () => {
    for (const outcome of ['200', '403', '500', '200']) exchange(outcome);
    expect(await wire.lines()).toEqual([
      'answered 4 by 5, shown in 5',
      'answered 6 by 7, shown in 7',
      'answered 8 by 9, shown in 9',
      'answered 10 by 11, shown in 11',
    ]);
  });

  test('an answer in several segments is complete with the last', async () => {
    http.get();
    http.outcome('200');
    http.answer('HTTP/1.1 200 OK\r\n');
    http.code('200');
    expect(await wire.lines()).toEqual(['answered 4 by 6, shown in 6']);
  });

  test('requests in segments of their own, sent ahead', async () => {
    http.get();
    http.get();
    for (const outcome of ['403', '200']) {
      http.outcome(outcome);
      http.code(outcome);
    }
    expect(await wire.lines()).toEqual(['answered 4 by 6, shown in 6', 'answered 5 by 7, shown in 7']);
  });

  test('requests in one segment', async () => {
    http.get('/getbalance', ['/getbalance?2', '/getbalance']);
    for (const outcome of ['403', '200', '500']) http.outcome(outcome);
    http.code('403', '200');
    http.code('500');
    expect(await wire.lines()).toEqual([
      'answered 4 by 5, shown in 5',
      'answered 4 by 5, shown in 5',
      'answered 4 by 6, shown in 6',
    ]);
  });

  test('a timeout that the client ends', async () => {
    http.get();
    http.outcome('timeout');
    wire.pass(10);
    http.fin('client');
    http.fin('server');
    expect(await wire.lines()).toEqual(['silent 4 by none, shown in 4, ended in 5']);
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
      'answered 4 by 5, shown in 5',
      'silent 6 by none, shown in 6, ended in 7',
    ]);
  });

  test('a timeout that has not ended with the capture', async () => {
    http.get();
    http.outcome('timeout');
    expect(await wire.lines()).toEqual(['silent 4 by none, shown in 4']);
  });

  test('a timeout that is answered', async () => {
    exchange('timeout', '200');
    expect(await wire.lines()).toEqual(['different 4 by 5, shown in 5']);
  });

  test('a wrong code is told of its request alone', async () => {
    exchange('200');
    exchange('403', '200');
    exchange('500');
    expect(await wire.lines()).toEqual([
      'answered 4 by 5, shown in 5',
      'different 6 by 7, shown in 7',
      'answered 8 by 9, shown in 9',
    ]);
  });

  test('a client that leaves before the answer', async () => {
    http.get();
    http.outcome('200');
    http.reset('client');
    wire.pass(5);
    wire.udp().client('later');
    const [line] = await wire.lines();
    expect(line).toBe('gone 4 by none, shown in 4, ended in 5');
  });

  test('a capture that ends before the answer', async () => {
    http.get();
    http.outcome('200');
    expect(await wire.lines()).toEqual(['open 4 by none, shown in 4']);
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
      'answered 4 by 5, shown in 5',
      'lost none by 7, shown in 7',
      'answered 8 by 9, shown in 9',
      'answered 10 by 11, shown in 11',
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
      'answered 4 by 5, shown in 5',
      'unanswered 6 by none, shown in 6',
      'answered 8 by 9, shown in 9',
      'answered 10 by 11, shown in 11',
    ]);
  });

  test('a deleted answer that is the last', async () => {
    exchange('200');
    http.get();
    http.outcome('403');
    const answer = http.code('403');
    http.fin('client');
    http.fin('server');
    expect(await wire.lines({ without: [answer] })).toEqual([
      'answered 4 by 5, shown in 5',
      'unanswered 6 by none, shown in 6',
    ]);
  });

  test('a deleted answer to a page that is not journaled', async () => {
    http.get('/getlogs');
    const answer = http.code('200');
    exchange('403');
    expect(await wire.lines({ without: [answer] })).toEqual(['answered 6 by 7, shown in 7']);
  });

  test.each(['/getlogs', '/', '/getbalances', '/getbalance/', '/GetBalance'])(
    'no entry speaks of %s',
    async (path) => {
      exchange('200');
      http.get(path);
      http.code('404');
      exchange('403');
      expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 8 by 9, shown in 9']);
    },
  );

  test('a query is of the same page', async () => {
    http.get('/getbalance?user=alice');
    http.outcome('500');
    http.code('500');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5']);
  });

  test('a request of which no entry speaks', async () => {
    http.get();
    http.code('200');
    expect(await wire.lines()).toEqual(['loose client GET /getbalance in 4']);
  });

  test('an answer without a request', async () => {
    exchange('200');
    http.code('500');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'loose server answer 500 in 6']);
  });

  test.each([0.02, 60])('a port that is used again %d s later', async (seconds) => {
    exchange('200');
    http.get();
    http.outcome('timeout');
    http.fin('client');
    http.fin('server');
    wire.pass(seconds);
    http = wire.tcp({ server: 'http', numbers: { client: 5, server: 6 } }).open();
    exchange('403');
    expect(await wire.lines()).toEqual([
      'answered 4 by 5, shown in 5',
      'silent 6 by none, shown in 6, ended in 7',
      'answered 12 by 13, shown in 13',
    ]);
  });
});

test('an answer after a delay of the network is timed', async () => {
  http.get();
  http.outcome('200');
  wire.pass(0.5);
  http.code('200');
  const { ties } = await wire.join();
  expect(ties[0]!.took).toBeCloseTo(0.5003, 5);
});

test('over sequence numbers that begin again', async () => {
  wire = new Wire();
  http = wire.tcp({ server: 'http', numbers: { client: 2 ** 32 - 40, server: 2 ** 32 - 30 } }).open();
  exchange('200');
  exchange('403');
  exchange('500');
  expect(await wire.lines()).toEqual([
    'answered 4 by 5, shown in 5',
    'answered 6 by 7, shown in 7',
    'answered 8 by 9, shown in 9',
  ]);
});
