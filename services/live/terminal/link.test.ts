import { beforeEach, describe, expect, test } from '@jest/globals';
import { Link, type LinkState, LONGEST_PASTE, type Socket } from './link.ts';

type Handler = (event: never) => void;

/** A WebSocket that a test plays. */
class PlayedSocket {
  binaryType = 'blob';
  readyState = 0;
  readonly sent: (string | Uint8Array)[] = [];
  readonly #handlers: Readonly<Record<string, Handler[]>> = { open: [], message: [], close: [] };

  addEventListener(name: string, handler: Handler): void {
    this.#handlers[name]!.push(handler);
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  open(): void {
    this.readyState = 1;
    this.#say('open', {});
  }

  print(bytes: number): void {
    this.#say('message', { data: new ArrayBuffer(bytes) });
  }

  close(code: number, reason = ''): void {
    this.readyState = 3;
    this.#say('close', { code, reason });
  }

  #say(name: string, event: object): void {
    for (const handler of this.#handlers[name]!) handler(event as never);
  }
}

let sockets: PlayedSocket[];
let states: LinkState[];
/** Calls back that bytes are shown: those that came first come first. */
let showing: (() => void)[];
let link: Link;
const last = () => sockets.at(-1)!;

beforeEach(() => {
  [sockets, states, showing] = [[], [], []];
  link = new Link(
    {
      open() {
        sockets.push(new PlayedSocket());
        return last() as unknown as Socket;
      },
      show: (_bytes, shown) => showing.push(shown),
      onState: (state) => states.push(state),
    },
    { columns: 80, rows: 24 },
  );
  link.connect();
});

describe('a connection', () => {
  test('begins with the size of the terminal', () => {
    link.resize({ columns: 100, rows: 30 });
    expect(last().sent).toEqual([]);
    last().open();
    expect(last().binaryType).toBe('arraybuffer');
    expect(last().sent).toEqual(['{"columns":100,"rows":30}']);
    link.resize({ columns: 46, rows: 20 });
    expect(last().sent).toEqual(['{"columns":100,"rows":30}', '{"columns":46,"rows":20}']);
    expect(states).toEqual([{ is: 'connecting' }, { is: 'open' }]);
  });

  test.each<[string, number, string, LinkState]>([
    ['the shell has ended', 1000, 'exit code 3', { is: 'ended', code: '3' }],
    [
      'there are too many',
      1013,
      '4 shells are open already',
      { is: 'stopped', reason: '4 shells are open already' },
    ],
    ['it broke off', 1006, '', { is: 'lost' }],
  ])('has an end with its reason: %s', (_what, code, reason, state) => {
    last().open();
    expect(link.isOver).toBe(false);
    last().close(code, reason);
    expect(states.at(-1)).toEqual(state);
    expect(link.isOver).toBe(true);
  });

  test('that never opened was refused', () => {
    last().close(1006);
    expect(states.at(-1)).toEqual({ is: 'refused' });
  });

  test('can follow another one', () => {
    last().open();
    last().close(1000, 'exit code 0');
    link.connect();
    last().open();
    expect(sockets).toHaveLength(2);
    expect(link.isOver).toBe(false);
    link.type('x');
    expect(last().sent.at(-1)).toEqual(Uint8Array.of(0x78));
  });
});

describe('what is typed', () => {
  test('goes to the shell as UTF-8', () => {
    last().open();
    expect(link.type('é\r')).toBe(true);
    expect(last().sent.at(-1)).toEqual(Uint8Array.of(0xc3, 0xa9, 0x0d));
  });

  test('goes in frames when it is long, and not at all when it is too long', () => {
    last().open();
    expect(link.type('x'.repeat(100_000))).toBe(true);
    expect(
      last()
        .sent.slice(1)
        .map((frame) => frame.length),
    ).toEqual([65_536, 34_464]);
    expect(link.type('x'.repeat(LONGEST_PASTE + 1))).toBe(false);
    expect(last().sent).toHaveLength(3);
  });

  test('goes nowhere without a shell', () => {
    expect(link.type('x')).toBe(true);
    last().open();
    last().close(1006);
    expect(link.type('x')).toBe(true);
    expect(last().sent).toEqual(['{"columns":80,"rows":24}']);
  });
});

describe('the shell learns what is shown', () => {
  const taken = () => last().sent.filter((frame) => typeof frame === 'string' && frame.includes('taken'));

  test('when there is no more', () => {
    last().open();
    last().print(100);
    last().print(50);
    expect(taken()).toEqual([]);
    showing.shift()!();
    expect(taken()).toEqual([]);
    showing.shift()!();
    expect(taken()).toEqual(['{"taken":150}']);
  });

  test('after many bytes, while more wait', () => {
    last().open();
    for (let count = 0; count < 4; count += 1) last().print(2 ** 16);
    showing.shift()!();
    showing.shift()!();
    expect(taken()).toEqual([`{"taken":${2 ** 17}}`]);
  });

  test('by the connection from which the bytes came', () => {
    last().open();
    last().print(100);
    last().close(1006);
    link.connect();
    last().open();
    showing.shift()!();
    expect(taken()).toEqual([]);
  });
});
