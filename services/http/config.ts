import { z } from 'zod';
import { controlSocket, faultProfile, port, seconds } from '#common/config.ts';
import { DEFAULT_PROFILE, outcomes } from './outcomes.ts';

export const configSchema = z.object({
  HTTP_PORT: port(8080).describe('TCP port of the server'),
  HTTP_FAULTS: faultProfile(outcomes, DEFAULT_PROFILE).describe('fault profile of /getbalance'),
  HTTP_TIMEOUT_SECONDS: seconds(15, { max: 3600 }).describe('how long the outcome timeout holds a request'),
  HTTP_JOURNAL: z.string().default('/captures/http.log').describe('file of the journal'),
  LAB_SEED: z.string().optional().describe('seed of the draws; unset, one is drawn and printed'),
  CONTROL_SOCKET: controlSocket(),
});
