import { insidePath } from '#lib/runtime/config.ts';
import { CONTROL_SOCKET } from './control.ts';

/** The setting for the socket that `make faults` and the health check use. */
export function controlSocket() {
  return insidePath('Unix socket of the control API', CONTROL_SOCKET);
}
