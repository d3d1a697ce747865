import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Without `type`, there is no content type: the errors of the reference server have none. */
export function respond(response: ServerResponse, status: number, body: string, type?: string): void {
  const headers = ['content-length', String(Buffer.byteLength(body))];
  if (type) headers.push('content-type', type);
  response.writeHead(status, headers);
  response.end(body);
}

export function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response.statusMessage = 'File not found';
  respond(response, 404, 'File not found');
}

/** Answers that the server can't serve a request now, with the reason. */
export function unavailable(response: ServerResponse, why: string): void {
  response.setHeader('retry-after', '1');
  respond(response, 503, `${why}\n`);
}

/** A dual-stack socket shows IPv4 addresses as `::ffff:10.0.142.133`. */
export function clientAddress({ remoteAddress }: Socket): string | undefined {
  return remoteAddress?.replace(/^::ffff:/, '');
}
