import type { LiveEvents } from '../contract.ts';
import { type RefusedError, refusalOf } from './ask.ts';
import type { Connection } from './model/session.ts';

export interface StreamParts {
  readonly receivers: { readonly [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void };
  readonly tell: (connection: Connection) => void;
  /** The server does not serve this stream, for a reason. It is asked again. */
  readonly onDeclined: (refusal: RefusedError) => void;
}

/** In ms. A server that refused is asked again after this time. */
const AGAIN = 3_000;
/** The link has no rights (RFC 9110, 15.5.2 and 15.5.4). */
const WITHOUT_RIGHTS: readonly number[] = [401, 403];

/**
 * Receives the events of the server, and connects again when the stream breaks off.
 *
 * @returns a function that ends it
 */
export function openStream(filter: string, { receivers, tell, onDeclined }: StreamParts): () => void {
  const path = filter === '' ? '/events' : `/events?filter=${encodeURIComponent(filter)}`;
  const ending = new AbortController();
  let source: EventSource | undefined;
  let waits: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    source = new EventSource(path);
    source.addEventListener('open', () => tell('open'));
    source.addEventListener('error', () => {
      if (source?.readyState !== EventSource.CLOSED) tell('gone');
      else void findReason();
    });
    for (const name of Object.keys(receivers) as (keyof LiveEvents)[]) {
      const receive = receivers[name] as (data: unknown) => void;
      source.addEventListener(name, (event) => receive(JSON.parse((event as MessageEvent<string>).data)));
    }
  };
  /** An EventSource does not say why it was refused. */
  const findReason = async () => {
    const refusal = await refusalOf(path, ending.signal);
    if (ending.signal.aborted) return;
    waits = setTimeout(connect, AGAIN);
    if (refusal?.status === undefined) tell('gone');
    else if (WITHOUT_RIGHTS.includes(refusal.status)) tell('refused');
    else {
      tell('declined');
      onDeclined(refusal);
    }
  };
  connect();
  return () => {
    ending.abort();
    clearTimeout(waits);
    source?.close();
  };
}
