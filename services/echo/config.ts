import * as v from 'valibot';
import { controlSocket, port } from '#common/config.ts';

export const configSchema = v.object({
  ECHO_PORT: port('TCP and UDP port of the server', 9090),
  CONTROL_SOCKET: controlSocket(),
});
