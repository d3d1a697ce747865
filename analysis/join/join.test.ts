import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Frame } from '#analysis/capture/frames.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { Framer } from '#lib/message/framing.ts';
import { encodeMessage, type Message } from '#lib/message/message.ts';
import { lineOf, type TcpWire, Wire } from './join-testing.ts';
import { isConfirmed } from './verdicts.ts';

test('an entry without an address has that reason, also after the last frame of the capture', async () => {
  const wire = new Wire();
  const tcp = wire.tcp().open();
  wire.pass(1);
  tcp.decide('one\n', { client_ip: '', client_port: 0 });
  expect(await wire.lines()).toEqual(['no-address none by none']);
});

describe('a decision while the capture was not running is before-capture', () => {
  function both() {
    const wire = new Wire();
    const http = wire.tcp({ server: 'http', port: 40_001 }).open();
    const tcp = wire.tcp({ port: 40_002 }).open();
    const udp = wire.udp(40_003);
    const round = () => {
      http.get();
      http.outcome('200');
      http.code('200');
      tcp.client('Hey\n');
      tcp.decide('Hey\n');
      tcp.answer('Hey\n');
      udp.client('Hey');
      udp.decide('Hey');
      udp.answer('Hey');
      wire.pass(1);
      return wire.frames.length;
    };
    return { wire, round };
  }

  const outside = 'before-capture none by none';

  test('before it begins', async () => {
    const { wire, round } = both();
    const before = round();
    round();
    expect(await wire.lines({ begins: before + 1 })).toEqual([
      outside,
      outside,
      outside,
      'response-sent 13 by 14, shown in 14',
      'response-sent 15 by 16, shown in 16',
      'response-sent 17 by 18, shown in 18',
    ]);
  });

  test('after its end', async () => {
    const { wire, round } = both();
    const ends = round();
    wire.pass(10);
    round();
    expect(await wire.lines({ ends })).toEqual([
      'response-sent 7 by 8, shown in 8',
      'response-sent 9 by 10, shown in 10',
      'response-sent 11 by 12, shown in 12',
      outside,
      outside,
      outside,
    ]);
  });

  test('in an empty capture', async () => {
    const { wire, round } = both();
    round();
    expect(await wire.lines({ ends: 0 })).toEqual([outside, outside, outside]);
  });
});

test('a request on a connection that the capture lacks is missing', async () => {
  const wire = new Wire();
  wire.udp(50_000).client('before');
  wire.udp(50_000).decide('before');
  const tcp = wire.tcp();
  const frames = [tcp.client('Hey\n'), tcp.answer('Hey\n')];
  wire.pass(0.01);
  tcp.decide('Hey\n');
  wire.pass(0.01);
  wire.udp(50_000).answer('before');
  expect(await wire.lines({ without: frames })).toEqual([
    'response-sent 1 by 4, shown in 4',
    'request-missing none by none',
  ]);
});

test('entries of other clients are skipped in the capture of one', async () => {
  const wire = new Wire();
  const own = wire.tcp().open();
  own.client('Hey\n');
  own.decide('Hey\n');
  own.answer('Hey\n');
  wire.tcp({ from: '10.0.0.1' }).decide('Hey\n');
  expect(await wire.lines({ onlyClient: '10.0.142.133' })).toEqual(['response-sent 4 by 5, shown in 5']);
});

describe('random messages over one connection', () => {
  const faults = [
    'none',
    'loss',
    'silent',
    'delay',
    'corruption',
    'duplicate',
    'reorder',
    'truncate',
    'drip',
    'reset',
  ];

  const message = fc
    .tuple(
      fc.oneof(
        fc.stringMatching(/^[a-c|\r]{0,12}$/),
        fc.constantFrom('', 'Hey', 'x'.repeat(130), 'a|00000000b'),
      ),
      fc.boolean(),
      fc.constantFrom('', '\n', '\r\n'),
    )
    .map(
      ([body, tagged, ending]) => `${tagged ? encodeMessage(body) : body}${tagged ? ending : ending || '\n'}`,
    );

  const scene = fc.record({
    text: fc.array(message, { minLength: 1, maxLength: 8 }).map((all) => all.join('')),
    cuts: fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(200)), {
      minLength: 1,
      maxLength: 6,
    }),
    faults: fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 8 }),
    step: fc.constantFrom(0.0001, 0.0004, 0.003),
    first: fc.constantFrom(1_000, 2 ** 32 - 20),
  });

  test('every entry is matched with its frames, and no bytes remain', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ text, cuts, faults, step, first }) => {
        const wire = new Wire();
        wire.step = step;
        const tcp = wire.tcp({ numbers: { client: first, server: first } }).open();
        const carried = new Server(wire, tcp, faults, cuts).serve(Buffer.from(text, 'latin1'));
        wire.pass(5);
        tcp.client('');
        const { matches, unjournaled } = await wire.join();
        // Messages after a reset are not decided.
        const unexpected = faults.includes('reset')
          ? unjournaled.filter(({ from }) => from === 'server')
          : unjournaled;
        expect(unexpected).toEqual([]);
        expect(matches.filter((match) => !isConfirmed(match)).map(lineOf)).toEqual([]);
        expect(matches.map(({ request }) => request.map(({ number }) => number))).toEqual(carried);
      }),
      // Equal answers within a millisecond can be confused, so the sequences are the same in each run.
      { numRuns: 100, seed: 1 },
    );
  });
});

/** Answers as the echo server does: one message after another, and journals its decisions. */
class Server {
  readonly #wire: Wire;
  readonly #tcp: TcpWire;
  readonly #faults: readonly string[];
  readonly #cuts: readonly number[];
  #cut = 0;
  #drawn = 0;
  #unsent = '';
  #held: { readonly entry: MessageEntry; readonly whole: string } | undefined;
  #ended = false;

  constructor(wire: Wire, tcp: TcpWire, faults: readonly string[], cuts: readonly number[]) {
    this.#wire = wire;
    this.#tcp = tcp;
    this.#faults = faults;
    this.#cuts = cuts;
  }

  /** Takes a stream in segments; returns for each message the frames that carried it. */
  serve(stream: Buffer): number[][] {
    const framer = new Framer();
    const segments: { readonly frame: Frame; readonly stop: number }[] = [];
    const carried: number[][] = [];
    let start = 0;
    const answer = (message: Message) => {
      const stop = start + message.bytes.length;
      carried.push(
        segments
          .filter((one) => one.stop > start && one.stop - one.frame.payload.length < stop)
          .map(({ frame }) => frame.number),
      );
      this.#answer(message, start);
      start += message.bytes.length;
    };
    let sent = 0;
    while (sent < stream.length && !this.#ended) {
      const piece = stream.subarray(sent, sent + this.#nextCut());
      sent += piece.length;
      segments.push({ frame: this.#tcp.client(piece), stop: sent });
      framer.push(piece);
      for (let frame = framer.next(); frame && !this.#ended; frame = framer.next()) {
        if (frame.kind === 'message') answer(frame.message);
        else if (frame.kind === 'ending') {
          start += frame.bytes.length;
          this.#unsent += frame.bytes.toString('latin1');
          this.#send();
        }
      }
      this.#send();
    }
    if (this.#ended) return carried;
    this.#tcp.fin('client');
    for (let rest = framer.flush(); rest && !this.#ended; rest = framer.flush()) answer(rest);
    this.#release();
    this.#send();
    if (!this.#ended) this.#tcp.fin('server');
    return carried;
  }

  #answer(message: Message, at: number): void {
    const drawn = this.#faults[this.#drawn++ % this.#faults.length]!;
    const whole = message.bytes.toString('latin1');
    const text = message.text.toString('latin1');
    const { length } = text;
    const decide = (fields: Partial<MessageEntry> = {}) => this.#tcp.decide(message.bytes, { at, ...fields });
    const send = (bytes: string) => {
      this.#unsent += bytes;
      this.#release();
    };
    if (drawn === 'loss') {
      decide({ fault: 'loss', loss: 'notice' });
      send(message.tag === undefined ? 'Packet Loss' : 'error_code');
    } else if (drawn === 'silent') {
      decide({ fault: 'loss', loss: 'silent' });
    } else if (drawn === 'delay') {
      decide({ fault: 'delay', delay_ms: 200 });
      this.#send();
      this.#wire.pass(0.2);
      send(whole);
    } else if (drawn === 'corruption' && message.bodyLength > 0) {
      const byte = whole.charCodeAt(0);
      decide({
        fault: 'corruption',
        offset: 0,
        before: `0x${byte.toString(16)}`,
        after: `0x${(byte ^ 0xff).toString(16)}`,
      });
      send(String.fromCharCode(byte ^ 0xff) + whole.slice(1));
    } else if (drawn === 'duplicate') {
      decide({ fault: 'duplicate' });
      send(whole + whole);
    } else if (drawn === 'reorder') {
      const entry = decide({ fault: 'reorder' });
      if (this.#held === undefined) this.#held = { entry, whole };
      else {
        this.#tcp.sent(entry);
        send(whole);
      }
    } else if (drawn === 'truncate' && length > 1) {
      const kept = Math.ceil(length / 2);
      decide({ fault: 'truncate', kept });
      send(text.slice(0, kept) + message.ending.toString('latin1'));
    } else if (drawn === 'drip') {
      decide({ fault: 'drip', interval_ms: 20 });
      for (let at = 0; at < Math.min(whole.length, 100); at += 1) {
        this.#unsent += whole[at];
        this.#send();
        this.#wire.pass(0.02);
      }
      send(whole.slice(100));
    } else if (drawn === 'reset') {
      decide({ fault: 'reset' });
      this.#send();
      this.#tcp.reset('server');
      this.#ended = true;
    } else {
      decide(drawn === 'none' ? {} : { drawn });
      send(whole);
    }
  }

  #release(): void {
    if (!this.#held) return;
    this.#tcp.sent(this.#held.entry);
    this.#unsent += this.#held.whole;
    this.#held = undefined;
  }

  /** Sends the unsent bytes in segments. */
  #send(): void {
    while (this.#unsent !== '') {
      const size = this.#nextCut();
      this.#tcp.answer(this.#unsent.slice(0, size));
      this.#unsent = this.#unsent.slice(size);
    }
  }

  #nextCut(): number {
    return this.#cuts[this.#cut++ % this.#cuts.length]!;
  }
}
