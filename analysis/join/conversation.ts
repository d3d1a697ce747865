import type { Frame } from '#analysis/capture/frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import { isHttp } from '#lib/journal/entries.ts';
import type { Decision, EventNamed, HttpEntry, MessageEntry } from '#lib/journal/schema.ts';
import { EncryptedConnection } from './encrypted-connection.ts';
import type { Emit, Found } from './finding.ts';
import { Handshake } from './handshakes.ts';
import { HttpConnection } from './http-connection.ts';
import { MessageConnection } from './message-connection.ts';
import { isContradicted } from './verdicts.ts';

const NOTHING = Buffer.alloc(0);

/** What a capture holds of one TCP connection. */
export class Conversation {
  /** In seconds since 1970. */
  readonly began: number;
  /** Which connection of the capture it is, as its first frame says. */
  readonly connection: number | undefined;
  readonly #http: HttpConnection | undefined;
  readonly #messages: MessageConnection | undefined;
  readonly #encrypted: EncryptedConnection | undefined;
  readonly #handshake: Handshake | undefined;
  readonly #emit: Emit;

  /** @param olderUntil as a connection for messages has it */
  constructor({ time, connection, server, client, overTls }: Frame, emit: Emit, olderUntil?: number) {
    this.began = time;
    this.connection = connection;
    this.#emit = emit;
    if (overTls) {
      this.#encrypted = new EncryptedConnection(emit);
      this.#handshake = new Handshake(emit);
    }
    const tell = overTls ? (found: Found) => this.#tellOfTls(found) : emit;
    if (server === 'http') this.#http = new HttpConnection(client, tell);
    else this.#messages = new MessageConnection(client, tell, olderUntil);
  }

  /** When it ended, in seconds since 1970. */
  get closed(): number | undefined {
    return (this.#http ?? this.#messages)!.closed;
  }

  /** Whether it has something of the client that no entry speaks of so far. */
  get isUnmatched(): boolean {
    return (this.#http ?? this.#messages)!.isUnmatched;
  }

  /** Whether something of it can't be read. */
  get isShut(): boolean {
    return this.#encrypted?.isShut ?? false;
  }

  take(frame: Frame): void {
    this.#encrypted?.take(frame);
    this.#handshake?.take(frame);
    // No server takes what comes to a port of TLS without any.
    const said = frame.overTls && !frame.sealed ? { ...frame, payload: NOTHING } : frame;
    (this.#http ?? this.#messages)!.take(said);
  }

  /** Whether it has what an entry is of, as far as that can be told now. */
  has(entry: Decision): boolean {
    if (this.isShut) return true;
    return this.#http ? this.#http.has(entry as HttpEntry) : this.#messages!.has(entry as MessageEntry);
  }

  /** All frames before the decision have been taken. */
  decide(entry: Decision): void {
    if (this.#encrypted?.isShut) this.#encrypted.decide(entry);
    else if (isHttp(entry)) this.#http?.decide(entry);
    else this.#messages?.decide(entry);
  }

  /** Whether an entry of it waits for its packets. */
  seeks(id: number): boolean {
    return (this.#messages?.seeks(id) || this.#encrypted?.seeks(id)) ?? false;
  }

  sent(event: EventNamed<'sent'>): void {
    this.#messages?.sent(event);
    this.#encrypted?.sent(event);
  }

  /** All frames before the handshake failed have been taken. False when it is none over TLS. */
  fail(event: HandshakeEvent): boolean {
    this.#handshake?.fail(event);
    return this.#handshake !== undefined;
  }

  /** Nothing more comes up to a time, in seconds since 1970: says what is left. */
  finish(until: number): void {
    (this.#http ?? this.#messages)!.finish(until);
    this.#encrypted?.finish(until);
    this.#handshake?.finish();
  }

  /**
   * From the first bytes on that can't be read, nothing of it is missing and nothing too much by what can be read: an
   * entry is looked up on the wire then. What was said behind a handshake that failed was never taken, and its event
   * speaks of it.
   */
  #tellOfTls(found: Found): void {
    const isAnEntry = found.kind === 'match';
    if (isAnEntry && this.isShut && isContradicted(found)) this.#encrypted!.decide(found.entry);
    else if (isAnEntry || !(this.isShut || this.#handshake!.hasFailed)) this.#emit(found);
  }
}
