import { insidePath, optionalText } from '#lib/runtime/config.ts';

/** What a program is told of the lab around it, for its record. */
export function labSettings() {
  return {
    LAB_SERVER_ADDRESS: optionalText('address of the server host'),
    LAB_CLIENT_ADDRESS: optionalText('address of the client host'),
    LAB_RECORD: insidePath('file that says what the programs were started with', '/captures/lab.log'),
  };
}
