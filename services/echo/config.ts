import * as v from 'valibot';
import { controlSocket } from '#lib/control/settings.ts';
import { DEFAULT_PROFILE, faultNames, faultNamesOf } from '#lib/faults/echo/index.ts';
import { faultProfile, optionalFaultProfile } from '#lib/faults/settings.ts';
import { token } from '#lib/lab/access.ts';
import { labSettings } from '#lib/lab/settings.ts';
import { choice, insidePath, integer, optionalText, port, secondsRange } from '#lib/runtime/config.ts';
import { tlsSettings } from '#lib/tls/config.ts';

export const configSchema = v.object({
  ECHO_PORT: port('TCP and UDP port of the server', 9090),
  ECHO_TLS_PORT: port('TCP port for TLS', 9443),
  ECHO_MODE: choice('echo: answer each message; sink: print messages and answer none', ['echo', 'sink']),
  ECHO_FAULTS: faultProfile(
    `fault profile; faults: ${faultNames.faults.join(', ')}`,
    DEFAULT_PROFILE,
    faultNames,
  ),
  ECHO_TCP_FAULTS: optionalFaultProfile('fault profile for TCP, in place of ECHO_FAULTS', faultNamesOf.tcp),
  ECHO_UDP_FAULTS: optionalFaultProfile('fault profile for UDP, in place of ECHO_FAULTS', faultNamesOf.udp),
  ECHO_LOSS: choice('notice: send a notice in place of a lost echo; silent: send nothing', [
    'notice',
    'silent',
  ]),
  ECHO_DELAY_SECONDS: secondsRange('how long the fault delay holds an echo', '0-10', { max: 3600 }),
  ECHO_IDLE_SECONDS: integer('seconds after which an idle connection or transfer ends', 60, {
    min: 1,
    max: 86_400,
  }),
  ECHO_MAX_CONNECTIONS: integer('TCP connections open at once on each port', 8_000, { min: 1, max: 60_000 }),
  ECHO_MAX_CONNECTIONS_PER_CLIENT: integer('the same for one client address', 6_000, { min: 1, max: 60_000 }),
  ECHO_BUFFER_KIB: integer('how much a client may send ahead of its echoes, in KiB', 64, {
    min: 1,
    max: 65_536,
  }),
  ECHO_JOURNAL: insidePath('path of the journal', '/captures/echo.log'),
  ...tlsSettings(),
  LAB_TOKEN: token(),
  ...labSettings(),
  LAB_SEED: optionalText('seed of the draws; when unset, a seed is drawn and printed'),
  CONTROL_SOCKET: controlSocket(),
});

export type Config = v.InferOutput<typeof configSchema>;
