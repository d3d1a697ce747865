import { z } from 'zod';
import { controlSocket, port } from '#common/config.ts';

export const configSchema = z.object({
  ECHO_PORT: port(9090).describe('TCP and UDP port of the server'),
  CONTROL_SOCKET: controlSocket(),
});
