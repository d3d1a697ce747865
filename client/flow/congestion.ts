import { readFileSync } from 'node:fs';

const FOLDER = '/proc/sys/net/ipv4/';

/**
 * The congestion controls that the kernel lets a program without rights choose. They include the one that every connection
 * has by default. Undefined when the kernel does not show them.
 */
export function allowedControls(): readonly string[] | undefined {
  try {
    const names = ['tcp_allowed_congestion_control', 'tcp_congestion_control'].flatMap((file) =>
      readFileSync(`${FOLDER}${file}`, 'utf8').trim().split(' '),
    );
    return [...new Set(names)];
  } catch {
    return undefined;
  }
}
