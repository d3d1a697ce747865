import * as v from 'valibot';
import { login, token } from '#common/access.ts';
import {
  controlSocket,
  faultProfile,
  labSettings,
  optionalText,
  port,
  seconds,
  text,
} from '#common/config.ts';
import { tlsSettings } from '#common/tls/config.ts';
import { DEFAULT_PROFILE, outcomes } from './outcomes.ts';

export const configSchema = v.object({
  HTTP_PORT: port('TCP port of the server', 8080),
  HTTPS_PORT: port('its TCP port of TLS', 8443),
  HTTP_FAULTS: faultProfile('fault profile of /getbalance', DEFAULT_PROFILE, outcomes),
  HTTP_TIMEOUT_SECONDS: seconds('how long the outcome timeout holds a request', 15, { max: 3600 }),
  HTTP_JOURNAL: text('file of the journal', '/captures/http.log'),
  ...tlsSettings(),
  LAB_TOKEN: token(),
  LAB_BASIC: login(),
  ...labSettings(),
  LAB_SEED: optionalText('seed of the draws; unset, one is drawn and printed'),
  CONTROL_SOCKET: controlSocket(),
});
