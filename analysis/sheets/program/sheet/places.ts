import type { Drawn } from './drawn.ts';
import type { Stage } from './stage.ts';

/** Where a program finds the servers, and where a server of her own must listen. */
export interface PlaceNames {
  readonly server: string;
  readonly httpPort: string;
  readonly echoPort: string;
  /** The port of a server of her own. */
  readonly ownPort: string;
  /** Where the file of a sender is. */
  readonly file: string;
}

/** The port at which a server of her own must listen. */
export const OWN_PORT = 7070;
/** Where the file of a sender is put. */
const FILE = '/tmp/file.txt';

/** @param environment with the settings of the lab */
export function placesIn(environment: Readonly<Record<string, string | undefined>>): PlaceNames {
  const { LAB_SERVER_ADDRESS: server = '', HTTP_PORT: httpPort = '', ECHO_PORT: echoPort = '' } = environment;
  return { server, httpPort, echoPort, ownPort: String(OWN_PORT), file: FILE };
}

interface Values {
  readonly drawn: Drawn;
  readonly places: PlaceNames;
}

/** Arguments or lines with the values of a stage in place of `{server}`, `{port}` and others. */
export function withValues(texts: readonly string[], stage: Stage, { drawn, places }: Values): string[] {
  const { partner, transfer } = stage;
  const port =
    partner === 'http' ? places.httpPort : partner.startsWith('own') ? places.ownPort : places.echoPort;
  const values: Readonly<Record<string, string>> = {
    server: places.server,
    port,
    message: drawn.messages[0] ?? '',
    file: places.file,
    mode: transfer?.mode ?? '',
    window: String(transfer?.window ?? ''),
    segment: String(transfer?.segment ?? ''),
  };
  return texts.flatMap((text) =>
    text === '{messages}'
      ? drawn.messages
      : [text.replaceAll(/\{([a-z]+)\}/g, (whole, name) => values[name] ?? whole)],
  );
}
