import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { openControl } from '#lib/control/control.ts';
import { createLog } from '#lib/runtime/log.ts';
import { runProgram } from '#lib/runtime/program.ts';
import { sleep } from '#lib/runtime/sleep.ts';
import { timer } from '#lib/runtime/timer.ts';
import { configSchema } from './config.ts';
import { openFeed } from './feed/feed.ts';
import { readSetup } from './setup.ts';
import { newTokens } from './web/rights.ts';
import { createWeb, listen } from './web/server.ts';
import { makeProfile } from './web/wireshark/profile.ts';
import { mustHavePrograms, wiresharkPrograms } from './web/wireshark/programs.ts';

const linksSchema = v.object({ name: v.string() });
const log = createLog();
const clock = { now: () => Date.now(), sleep };
const now = () => clock.now() / 1000;
/** Compose decides who reaches the ports of the container. */
const ALL_ADDRESSES = '0.0.0.0';
const dissector = join(import.meta.dirname, '../../dissector/wirelab.lua');

await runProgram(process, configSchema, log, async (config, opened) => {
  const { folder, isPlayed, defaults, run, hello } = await readSetup(config);
  await mustHavePrograms(process.env.PATH);
  const work = await mkdtemp(join(tmpdir(), 'live-'));
  opened.defer(() => rm(work, { recursive: true, force: true }));
  const keys = join(folder, 'tls.keys');
  const profile = await makeProfile(join(work, 'home'), { dissector, ports: run.ports, keys });
  const ending = new AbortController();
  const feed = await openFeed({
    ...{ folder, isPlayed, defaults, dissector, clock, signal: ending.signal },
  });
  opened.defer(() => feed.close());
  opened.defer(() => ending.abort());
  const tokens = newTokens();
  // Only the shell knows this machine's address for a class.
  let className = '';
  const controlOf = (program: string) => join(config.LIVE_CONTROLS, program, 'control.sock');
  const web = createWeb({
    ...{ feed, tokens, log, timer, now, folder: work, instance: randomBytes(4).toString('hex') },
    files: import.meta.dirname,
    reachable: { address: config.LIVE_ADDRESS, names: config.LIVE_NAMES },
    viewers: config.LIVE_VIEWERS,
    ...{ isPlayed, hello: (rights) => hello(rights, now(), className) },
    controls: { http: controlOf('http'), echo: controlOf('echo'), wire: controlOf('wire') },
    remote: config.LIVE_REMOTE,
    hasTerminal: config.LIVE_TERMINAL && !isPlayed,
    sheet: { captures: folder, sheets: config.LIVE_SHEETS, defaults, keeper: config.LIVE_ANSWERS },
    programs: wiresharkPrograms({ PATH: process.env.PATH, ...profile }, timer),
  });
  opened.defer(() => web.close());
  await listen(web, { controls: config.LIVE_PORT, class: config.LIVE_CLASS_PORT }, ALL_ADDRESSES);
  const control = await openControl(config.CONTROL_SOCKET, {
    calls: {
      'POST /links': (body) => {
        className = v.parse(linksSchema, JSON.parse(body)).name;
        return { control: tokens.control, view: tokens.view };
      },
    },
  });
  opened.defer(() => void control.close());
  const played = isPlayed ? `, and plays ${config.PLAYED}` : '';
  log.info(`The live view listens on the ports ${config.LIVE_PORT} and ${config.LIVE_CLASS_PORT}${played}`);
});
