import { insidePath } from '#lib/runtime/config.ts';
import { CONTROL_SOCKET } from './control.ts';

/** Where a program answers to `make faults` and to its health check. */
export function controlSocket() {
  return insidePath('Unix socket of the control API', CONTROL_SOCKET);
}
