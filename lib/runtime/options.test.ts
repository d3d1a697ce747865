import { describe, expect, test } from '@jest/globals';
import { Command, InvalidArgumentError } from 'commander';
import { optionNames, refuseByName } from './options.ts';

const typed = optionNames({ LAB_OPTION_NAMES: '--window=WINDOW --no-keys=KEYS' });

describe('the name of an option', () => {
  test('is the name in make', () => {
    expect([typed('--window'), typed('--no-keys')]).toEqual(['WINDOW', 'KEYS']);
  });

  test('is its own when make has no name for it', () => {
    expect(typed('--text')).toBe('--text');
    expect(optionNames({})('--window')).toBe('--window');
  });
});

describe('a value that is refused', () => {
  function run(...args: string[]) {
    const program = new Command('client').exitOverride().configureOutput({ writeErr: () => undefined });
    const number = (text: string) => {
      if (/^\d+$/.test(text)) return Number(text);
      throw new InvalidArgumentError('allowed: a whole number');
    };
    const broken = () => {
      throw new TypeError('a mistake of the program');
    };
    const send = program.command('send').argument('<port>', 'port', number);
    send.option('--window <n>', 'window', number).option('--tries <n>', 'tries', number);
    send.option('--broken <n>', 'broken', broken).option('--text <text>', 'text');
    refuseByName(program, typed);
    program.parse(['send', ...args], { from: 'user' });
    return send.opts();
  }

  test.each([
    [['9090', '--window', 'x'], 'WINDOW is "x"; allowed: a whole number'],
    [['9090', '--tries', ''], '--tries is ""; allowed: a whole number'],
    [['http'], 'port is "http"; allowed: a whole number'],
  ])('%j is named as the person typed it', (args, message) => {
    expect(() => run(...args)).toThrow(`error: ${message}`);
  });

  test('others are read', () => {
    expect(run('9090', '--window', '8', '--text', 'x')).toEqual({ window: 8, text: 'x' });
  });

  test('an error in the program itself is not one', () => {
    expect(() => run('9090', '--broken', '1')).toThrow(TypeError);
  });
});
