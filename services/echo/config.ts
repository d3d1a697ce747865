import { z } from 'zod';
import { port } from '#common/config.ts';

export const configSchema = z.object({
  ECHO_PORT: port(9090).describe('TCP and UDP port of the server'),
  CONTROL_SOCKET: z.string().default('/run/wirelab/control.sock').describe('Unix socket of the control API'),
});
