import { ANSWERS } from '../sheet/answers.ts';
import { ASSIGNMENT } from '../sheet/assignment.ts';

/** The list of the files of a hand-in, and the keys that decrypt its TLS. */
export const MANIFEST = 'manifest.json';
export const KEYS = 'tls.keys';

/** The record of the run and the journals of its programs. */
export const journals = ['lab.log', 'http.log', 'echo.log', 'wire.log', 'flow.log'] as const;

/** The newest capture of a host, and the older files of its ring. */
const CAPTURE = /^(server|client|wire)(\.\d{1,6})?\.pcap$/;

export function isCapture(name: string): boolean {
  return CAPTURE.test(name);
}

/** Whether a hand-in may have a file of this name. */
export function isExpected(name: string): boolean {
  const names: readonly string[] = [MANIFEST, ASSIGNMENT, ANSWERS, KEYS, ...journals];
  return names.includes(name) || isCapture(name);
}

/** The files that every hand-in has. Without an answer there is no file of answers. */
export const required = [MANIFEST, ASSIGNMENT, 'lab.log', 'server.pcap', 'client.pcap'] as const;
