import * as v from 'valibot';
import {
  controlSocket,
  faultProfile,
  labSettings,
  optionalText,
  port,
  seconds,
  text,
} from '#common/config.ts';
import { DEFAULT_PROFILE, outcomes } from './outcomes.ts';

export const configSchema = v.object({
  HTTP_PORT: port('TCP port of the server', 8080),
  HTTP_FAULTS: faultProfile('fault profile of /getbalance', DEFAULT_PROFILE, outcomes),
  HTTP_TIMEOUT_SECONDS: seconds('how long the outcome timeout holds a request', 15, { max: 3600 }),
  HTTP_JOURNAL: text('file of the journal', '/captures/http.log'),
  ...labSettings(),
  LAB_SEED: optionalText('seed of the draws; unset, one is drawn and printed'),
  CONTROL_SOCKET: controlSocket(),
});
