import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The errors of the reference server carry no content type, so none is added where none is given. */
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

/** Says why a request is not served now. */
export function unavailable(response: ServerResponse, why: string): void {
  response.setHeader('retry-after', '1');
  respond(response, 503, `${why}\n`);
}

/** IPv4 addresses of a dual-stack socket come as `::ffff:10.0.142.133`. */
export function clientAddress({ remoteAddress }: Socket): string | undefined {
  return remoteAddress?.replace(/^::ffff:/, '');
}
