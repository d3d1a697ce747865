import type { LiveEvents } from '../contract.ts';
import type { Connection } from './model/session.ts';

type Receivers = { readonly [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void };

/** In ms. A server that refused is asked again after this time. */
const AGAIN = 3_000;

/**
 * Receives the events of the server, and connects again when the stream breaks off.
 *
 * @returns a function that ends it
 */
export function openStream(
  filter: string,
  receivers: Receivers,
  tell: (connection: Connection) => void,
): () => void {
  const path = filter === '' ? '/events' : `/events?filter=${encodeURIComponent(filter)}`;
  let source: EventSource | undefined;
  let waits: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    source = new EventSource(path);
    source.addEventListener('open', () => tell('open'));
    source.addEventListener('error', () => {
      const isOver = source?.readyState === EventSource.CLOSED;
      tell(isOver ? 'refused' : 'gone');
      if (isOver) waits = setTimeout(connect, AGAIN);
    });
    for (const name of Object.keys(receivers) as (keyof LiveEvents)[]) {
      const receive = receivers[name] as (data: unknown) => void;
      source.addEventListener(name, (event) => receive(JSON.parse((event as MessageEvent<string>).data)));
    }
  };
  connect();
  return () => {
    clearTimeout(waits);
    source?.close();
  };
}
