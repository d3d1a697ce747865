import { expect, test } from '@jest/globals';
import { Announcer } from './announcer.ts';
import { linkTo, readMoment, writeMoment } from './moment.ts';
import { Value } from './value.ts';

test('a link leads to a packet, a speed and a filter', () => {
  const moment = { packet: 12, speed: 300, filter: 'tcp.port == 9090 && http' } as const;
  expect(readMoment(writeMoment(moment))).toEqual(moment);
  expect(writeMoment({})).toBe('');
});

test('a link is one that the class can use, if there is one', () => {
  const here = new URL('http://127.0.0.1:8088/');
  expect(linkTo(here, '#packet=1', 'http://lab.school:8089')).toEqual({
    link: 'http://lab.school:8089/#packet=1',
    isForAll: true,
  });
  expect(linkTo(here, '', undefined)).toEqual({ link: 'http://127.0.0.1:8088/', isForAll: false });
  expect(linkTo(new URL('http://192.168.7.2:8089/'), '#speed=30', 'http://lab.school:8089')).toEqual({
    link: 'http://192.168.7.2:8089/#speed=30',
    isForAll: true,
  });
});

test('what a link has too much or wrong is left out', () => {
  expect(readMoment('#packet=-1&speed=7&filter=&x=1')).toEqual({});
  expect(readMoment('#packet=NaN')).toEqual({});
  expect(readMoment('')).toEqual({});
});

test('only the newest sentence is said, and not too often', () => {
  const said: string[] = [];
  const announcer = new Announcer((text) => said.push(text));
  announcer.tick(0);
  announcer.offer('one');
  announcer.tick(0);
  announcer.offer('two');
  announcer.tick(1);
  announcer.offer('three');
  announcer.tick(3.9);
  announcer.tick(4);
  announcer.tick(9);
  expect(said).toEqual(['one', 'three']);
});

test('a value tells its watchers of changes alone', () => {
  const value = new Value(1);
  const seen: number[] = [];
  const stop = value.watch((one) => seen.push(one));
  value.set(1);
  value.set(2);
  stop();
  value.set(3);
  expect(seen).toEqual([1, 2]);
});
