import { isIPv4 } from 'node:net';
import * as v from 'valibot';
import { controlSocket } from '#lib/control/settings.ts';
import { flag, insidePath, integer, port } from '#lib/runtime/config.ts';

/** An IPv4 address. */
function address(meaning: string, fallback: string) {
  return v.pipe(
    v.optional(v.pipe(v.string(), v.check(isIPv4, 'allowed: an IPv4 address')), fallback),
    v.description(meaning),
  );
}

/** Names of a machine, separated by commas. */
function names(meaning: string) {
  return v.pipe(
    v.optional(
      v.pipe(
        v.string(),
        v.regex(
          /^(?:[\w-]+(?:\.[\w-]+)*(?:,[\w-]+(?:\.[\w-]+)*)*)?$/,
          'allowed: names with commas between them, such as lab.school',
        ),
      ),
      '',
    ),
    v.transform((text) => text.split(',').filter((name) => name !== '')),
    v.description(meaning),
  );
}

export const configSchema = v.object({
  LIVE_PORT: port('TCP port of the page with the controls, on 127.0.0.1', 8088),
  LIVE_ADDRESS: address('address of this machine for a class, 0.0.0.0 for all', '127.0.0.1'),
  LIVE_CLASS_PORT: port('TCP port of the page for a class, at LIVE_ADDRESS', 8089),
  LIVE_NAMES: names('names of this machine that browsers of a class use'),
  LIVE_VIEWERS: integer('pages open at once', 64, { min: 1, max: 1_000 }),
  LIVE_TERMINAL: flag('whether the page has a terminal on the client host', true),
  LAB_SERVER_ADDRESS: address('address of the server host', '10.0.28.182'),
  LAB_CLIENT_ADDRESS: address('address of the client host', '10.0.142.133'),
  HTTP_PORT: port('TCP port of the HTTP server', 8080),
  HTTPS_PORT: port('TCP port of the HTTP server over TLS', 8443),
  ECHO_PORT: port('TCP and UDP port of the echo server', 9090),
  ECHO_TLS_PORT: port('TCP port of the echo server over TLS', 9443),
  FLOW_PORT: port('TCP port of the receiving end of a flow', 5201),
  PLAYED: insidePath(
    'folder of the run that is played, as this machine knows it; empty while the lab runs',
    '',
  ),
  LIVE_CAPTURES: insidePath('folder with the captures and journals', '/captures'),
  LIVE_CONTROLS: insidePath('folder with the control sockets of the programs', '/controls'),
  LIVE_SHEETS: insidePath('folder with all sheets', '/sheets'),
  LIVE_ANSWERS: insidePath('Unix socket of the program that keeps answers', '/run/answers/control.sock'),
  LIVE_REMOTE: insidePath('Unix socket of the program in the client host', '/run/live-client/remote.sock'),
  CONTROL_SOCKET: controlSocket(),
});

export type Config = v.InferOutput<typeof configSchema>;
