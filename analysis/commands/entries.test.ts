import { expect, test } from '@jest/globals';
import { CaptureError } from '#analysis/capture/capture-files.ts';
import { entries } from './entries.ts';

test.each(['wire', '/given/wire.pcap', '/given/wire.0001.pcap'])(
  'the capture of the wire, %s, has each packet twice, so its entries are refused',
  async (named) => {
    const parts = {
      folder: '/nowhere',
      runIn: () => Promise.reject(new Error('is not read')),
      ...{ json: false, noKeys: false, print: () => undefined },
    };
    const listed = entries(named, parts);
    await expect(listed).rejects.toThrow(CaptureError);
    await expect(listed).rejects.toThrow('which has each packet twice');
  },
);
