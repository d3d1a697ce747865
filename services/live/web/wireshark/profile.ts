import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Ports } from '#lib/lab/ports.ts';

export interface ProfileParts {
  /** Path of the lab's dissector. */
  readonly dissector: string;
  readonly ports: Ports;
  /** Path of a key log, to decrypt TLS. It may be missing. */
  readonly keys: string;
}

/**
 * Makes a home folder for Wireshark's programs, with the settings by which `make wireshark` and `make inspect` read the
 * lab's packets. sharkd takes settings from there alone.
 *
 * @returns the environment of such a program
 */
export async function makeProfile(
  home: string,
  { dissector, ports, keys }: ProfileParts,
): Promise<Record<string, string>> {
  const settings = join(home, '.config/wireshark');
  const plugins = join(home, '.local/lib/wireshark/plugins');
  for (const folder of [settings, plugins]) await mkdir(folder, { recursive: true });
  await copyFile(dissector, join(plugins, basename(dissector)));
  await writeFile(join(settings, 'preferences'), preferences(ports, keys));
  return { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), LC_ALL: 'C.UTF-8' };
}

function preferences({ http, https, echo, echoTls }: Ports, keys: string): string {
  return Object.entries({
    'http.tcp.port': http,
    'http.tls.port': https,
    'wirelab.port': echo,
    'wirelab.tls_port': echoTls,
    'tls.keylog_file': keys,
    // Records must be decrypted in order, so TCP must be put in order first.
    'tcp.reassemble_out_of_order': 'TRUE',
    'nameres.mac_name': 'FALSE',
    'nameres.network_name': 'FALSE',
    'nameres.transport_name': 'FALSE',
  })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}
