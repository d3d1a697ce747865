import * as v from 'valibot';
import { controlSocket } from '#lib/control/settings.ts';
import { insidePath } from '#lib/runtime/config.ts';

export const configSchema = v.object({
  ANSWERS_CAPTURES: insidePath('folder with the captures and journals', '/captures'),
  ANSWERS_SHEETS: insidePath('folder with all sheets', '/sheets'),
  CONTROL_SOCKET: controlSocket(),
});
