import type { FrameValues } from '#analysis/capture/read-values.ts';
import { type Decided, Evidence } from '../measures/evidence.ts';

/** A frame of `evidenceOf`: the filters that it passes, and its fields by name. */
export interface FrameOfTest {
  readonly number: number;
  readonly passes: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What a run left, without captures: a frame passes the filters in its `passes`, separated by spaces. */
export function evidenceOf(
  frames: readonly FrameOfTest[],
  decided: Decided = { matches: [], ofWire: [] },
): Evidence {
  const run = {
    addresses: { server: '10.0.28.182', client: '10.0.1.2' },
    ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
    ...{ versions: {}, starts: [] },
  };
  const evidence = new Evidence({ folder: '/nowhere', run });
  evidence.frames = async ({ filter }, names): Promise<FrameValues[]> =>
    frames
      .filter(({ passes }) => passes.split(' ').includes(filter))
      .map(({ number, fields = {} }) => ({ number, values: names.map((name) => fields[name] ?? '') }));
  evidence.decided = async () => decided;
  return evidence;
}
