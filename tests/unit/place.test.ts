import { afterEach, describe, expect, test } from '@jest/globals';
import { leavePlace, type Place, takePlace } from '../place.ts';

describe('takePlace', () => {
  const taken: Place[] = [];
  const take = async (inUse = '') => {
    const place = await takePlace(async () => inUse);
    taken.push(place);
    return place;
  };
  afterEach(() => {
    for (const { LAB_SUBNET } of taken.splice(0)) leavePlace(LAB_SUBNET);
  });

  test('gives each lab a network and ports that no other lab has', async () => {
    const places = [await take(), await take(), await take()];
    const ports = places.flatMap((place) =>
      Object.entries(place).flatMap(([name, value]) => (name.endsWith('_PORT') ? [value] : [])),
    );
    expect(new Set(ports).size).toBe(18);
    expect(new Set(places.map(({ LAB_SUBNET }) => LAB_SUBNET)).size).toBe(3);
  });

  test('has the addresses of both hosts in the subnet', async () => {
    const { LAB_SUBNET, LAB_SERVER_ADDRESS, LAB_CLIENT_ADDRESS } = await take();
    const network = /^(10\.2\d\d)\.0\.0\/16$/.exec(LAB_SUBNET)![1];
    expect([LAB_SERVER_ADDRESS, LAB_CLIENT_ADDRESS]).toEqual([`${network}.28.182`, `${network}.142.133`]);
  });

  test('passes over a network that is there', async () => {
    const { LAB_SUBNET } = await take();
    leavePlace(LAB_SUBNET);
    expect((await take(`"Subnet": "${LAB_SUBNET}"`)).LAB_SUBNET).not.toBe(LAB_SUBNET);
  });

  test('says so when none is left', async () => {
    const all = Array.from({ length: 50 }, (_, index) => `10.${200 + index}.0.0/16`).join(' ');
    await expect(take(all)).rejects.toThrow('no network from 10.200.0.0/16 to 10.249.0.0/16 is free');
  });
});
