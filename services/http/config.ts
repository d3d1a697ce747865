import * as v from 'valibot';
import { controlSocket } from '#lib/control/settings.ts';
import { faultProfile } from '#lib/faults/settings.ts';
import { login, token } from '#lib/lab/access.ts';
import { labSettings } from '#lib/lab/settings.ts';
import { insidePath, integer, optionalText, port, seconds } from '#lib/runtime/config.ts';
import { tlsSettings } from '#lib/tls/config.ts';
import { DEFAULT_PROFILE, outcomes } from './outcomes.ts';

export const configSchema = v.object({
  HTTP_PORT: port('TCP port of the server', 8080),
  HTTPS_PORT: port('TCP port for TLS', 8443),
  HTTP_FAULTS: faultProfile('fault profile of /getbalance', DEFAULT_PROFILE, outcomes),
  HTTP_TIMEOUT_SECONDS: seconds('how long the outcome timeout holds a request', 15, { max: 3600 }),
  HTTP_IDLE_SECONDS: integer(
    'seconds after which an idle connection, and an unfinished request or response to /getlogs, ends',
    60,
    {
      min: 1,
      max: 86_400,
    },
  ),
  HTTP_MAX_CONNECTIONS: integer('TCP connections open at once on each port', 8_000, { min: 1, max: 60_000 }),
  HTTP_MAX_CONNECTIONS_PER_CLIENT: integer('the same for one client address', 6_000, { min: 1, max: 60_000 }),
  HTTP_MAX_LOG_READERS: integer('responses to /getlogs at once', 64, { min: 1, max: 1_000 }),
  HTTP_MAX_LOG_READERS_PER_CLIENT: integer('the same for one client address', 32, { min: 1, max: 1_000 }),
  HTTP_JOURNAL: insidePath('path of the journal', '/captures/http.log'),
  ...tlsSettings(),
  LAB_TOKEN: token(),
  LAB_BASIC: login(),
  ...labSettings(),
  LAB_SEED: optionalText('seed of the draws; when unset, a seed is drawn and printed'),
  CONTROL_SOCKET: controlSocket(),
});
