#!/usr/bin/env node
import { ask, CONTROL_SOCKET } from '#lib/control/control.ts';
import { createLog } from '#lib/runtime/log.ts';
import { describeLinks } from './describe.ts';

// `make live` runs this program as `live` in the container of the live view: `live [NAME]` prints its links. NAME is what the
// browsers of a class call this machine; without it, only this machine has a link. The page learns it too.

const log = createLog();
const { CONTROL_SOCKET: path = CONTROL_SOCKET, LIVE_PORT = '8088', LIVE_CLASS_PORT = '8089' } = process.env;
const [name = ''] = process.argv.slice(2);

try {
  const tokens = (await ask(path, '/links', { name })) as { readonly control: string; readonly view: string };
  log.info(describeLinks(tokens, { port: LIVE_PORT, classPort: LIVE_CLASS_PORT, name }));
} catch (error) {
  log.error(`the live view does not answer: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
