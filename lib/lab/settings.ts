import { insidePath, optionalText } from '#lib/runtime/config.ts';

/** The settings by which a program knows the lab around it, for its record. */
export function labSettings() {
  return {
    LAB_SERVER_ADDRESS: optionalText('address of the server host'),
    LAB_CLIENT_ADDRESS: optionalText('address of the client host'),
    LAB_RECORD: insidePath('file that records how the programs were started', '/captures/lab.log'),
  };
}
