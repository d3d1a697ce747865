import * as v from 'valibot';
import { controlSocket } from '#lib/control/settings.ts';
import { login, token } from '#lib/lab/access.ts';
import { flag, integer, optionalText, port } from '#lib/runtime/config.ts';

export const configSchema = v.object({
  LAB_SERVER_ADDRESS: v.pipe(
    v.optional(v.string(), '10.0.28.182'),
    v.description('address of the server host'),
  ),
  LAB_CLIENT_ADDRESS: optionalText('address of the client host'),
  HTTP_PORT: port('TCP port of the HTTP server', 8080),
  HTTPS_PORT: port('the same over TLS', 8443),
  ECHO_PORT: port('TCP and UDP port of the echo server', 9090),
  ECHO_TLS_PORT: port('its TCP port for TLS', 9443),
  FLOW_PORT: port('TCP port of iperf3', 5201),
  LAB_TOKEN: token(),
  LAB_BASIC: login(),
  LIVE_TERMINAL: flag('whether a page can open shells', true),
  LIVE_RUN_SECONDS: integer('how long a command that a page has started may take', 600, {
    min: 1,
    max: 86_400,
  }),
  CONTROL_SOCKET: controlSocket(),
});
