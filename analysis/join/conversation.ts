import type { Frame, FrameRef } from '#analysis/capture/frames.ts';
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

/** One TCP connection of a capture. */
export class Conversation {
  /** In seconds since 1970. */
  readonly began: number;
  /** Its number among the connections of the capture, as its first frame has it. */
  readonly connection: number | undefined;
  readonly #http: HttpConnection | undefined;
  readonly #messages: MessageConnection | undefined;
  readonly #encrypted: EncryptedConnection | undefined;
  readonly #handshake: Handshake | undefined;
  readonly #emit: Emit;

  /** @param olderUntil see MessageConnection */
  constructor({ time, connection, server, client, overTls }: Frame, emit: Emit, olderUntil?: number) {
    this.began = time;
    this.connection = connection;
    this.#emit = emit;
    if (overTls) {
      this.#encrypted = new EncryptedConnection(emit);
      this.#handshake = new Handshake(emit);
    }
    const emitPlain = overTls ? (found: Found) => this.#emitDecrypted(found) : emit;
    if (server === 'http') this.#http = new HttpConnection(client, emitPlain);
    else this.#messages = new MessageConnection(client, emitPlain, olderUntil);
  }

  /** When the connection ended, in seconds since 1970. */
  get closed(): number | undefined {
    return (this.#http ?? this.#messages)!.closed;
  }

  /** Whether the client sent something that has no entry so far. */
  get isUnmatched(): boolean {
    return (this.#http ?? this.#messages)!.isUnmatched;
  }

  /** Whether a part of it can't be decrypted. */
  get isEncrypted(): boolean {
    return this.#encrypted?.isEncrypted ?? false;
  }

  take(frame: Frame): void {
    this.#encrypted?.take(frame);
    this.#handshake?.take(frame);
    // A server ignores plain text on its TLS port.
    const read = frame.overTls && !frame.tls ? { ...frame, payload: NOTHING } : frame;
    (this.#http ?? this.#messages)!.take(read);
  }

  /** Whether it has the request of an entry, as far as is known now. */
  has(entry: Decision): boolean {
    if (this.isEncrypted) return true;
    return this.#http ? this.#http.has(entry as HttpEntry) : this.#messages!.has(entry as MessageEntry);
  }

  /** Takes a decision, after all frames before it. */
  decide(entry: Decision): void {
    if (this.#encrypted?.isEncrypted) this.#encrypted.decide(entry);
    else if (isHttp(entry)) this.#http?.decide(entry);
    else this.#messages?.decide(entry);
  }

  /** The last frame of the request of an entry that waits for its answer. */
  frameOf(entry: Decision): FrameRef | undefined {
    const plain = this.#http
      ? this.#http.frameOf(entry as HttpEntry)
      : this.#messages!.frameOf(entry as MessageEntry);
    return plain ?? this.#encrypted?.frameOf(entry);
  }

  /** Whether this entry still waits for its packets. */
  seeks(id: number): boolean {
    return (this.#messages?.seeks(id) || this.#encrypted?.seeks(id)) ?? false;
  }

  sent(event: EventNamed<'sent'>): void {
    this.#messages?.sent(event);
    this.#encrypted?.sent(event);
  }

  /** Takes a failed handshake, after all frames before it. False for a connection without TLS. */
  fail(event: HandshakeEvent): boolean {
    this.#handshake?.fail(event);
    return this.#handshake !== undefined;
  }

  /** No more frames follow until this time, in seconds since 1970: emits what is unfinished. */
  finish(until: number): void {
    (this.#http ?? this.#messages)!.finish(until);
    this.#encrypted?.finish(until);
    this.#handshake?.finish();
  }

  /**
   * Once a part can't be decrypted, the decrypted part proves nothing missing and nothing extra: the entry is looked up
   * by its encrypted records instead. The server ignored what followed a failed handshake, so that needs no entry.
   */
  #emitDecrypted(found: Found): void {
    const isAnEntry = found.kind === 'match';
    if (isAnEntry && this.isEncrypted && isContradicted(found)) this.#encrypted!.decide(found.entry);
    else if (isAnEntry || !(this.isEncrypted || this.#handshake!.hasFailed)) this.#emit(found);
  }
}
