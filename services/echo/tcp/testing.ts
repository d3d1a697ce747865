import { afterEach, beforeEach } from '@jest/globals';
import { boundOf } from '#lib/bounds/testing.ts';
import { ca, client as credentials, openTestTls, type TestTls } from '#lib/tls/testing.ts';
import type { Tls } from '#lib/tls/tls.ts';
import type { Peer } from '../peer.ts';
import { createLab, type Lab, ManualTime, serveTcp, type TcpServer } from '../testing.ts';
import { type ConnectionServer, createConnectionServer } from './connections.ts';
import { createTcpEcho } from './tcp.ts';

/** Gives each test of a file a TCP echo server with a lab of its own, over TLS when `tls` is set. */
export function useTcpEcho({ overTls = false } = {}) {
  const state = {} as { lab: Lab; tcp: TcpServer };
  let opened: TestTls | undefined;

  beforeEach(async () => {
    state.lab = await createLab('tcp');
    opened = overTls ? await openTestTls() : undefined;
    const parts = opened ? { ...state.lab.parts, tls: opened.tls } : state.lab.parts;
    state.tcp = await serveTcp(createTcpEcho(parts), opened && { ca });
  });

  afterEach(async () => {
    await state.tcp.close();
    await state.lab.close();
    await opened?.close();
  });

  return state;
}

/** Gives each test of a file a connection server that keeps its clients and lines, over TLS when options are given. */
export function useConnectionServer() {
  const state = { serve } as ReturnType<typeof nothing> & {
    tcp: TcpServer;
    connections: ConnectionServer;
    serve: typeof serve;
  };

  beforeEach(() => void Object.assign(state, nothing()));
  afterEach(() => state.tcp.close());

  async function serve(all = 2, each?: number, tls?: Tls) {
    const parts = {
      connections: boundOf('ECHO_MAX_CONNECTIONS', all, each, (setting) => state.exceeded.push(setting)),
      idleSeconds: 60,
      ...(tls && { tls }),
      say: (text: string) => void state.said.push(text),
      sleep: state.time.sleep,
    };
    state.connections = createConnectionServer(parts, (socket, peer, { reset }) => {
      state.peers.push(peer);
      state.resets.push(reset);
      socket.resume();
      return {
        get waiting() {
          return state.waiting;
        },
      };
    });
    const { cert, key } = credentials;
    state.tcp = await serveTcp(state.connections, tls && { ca, cert, key });
  }

  return state;
}

function nothing() {
  return {
    time: new ManualTime(),
    said: [] as string[],
    peers: [] as Peer[],
    resets: [] as (() => void)[],
    exceeded: [] as string[],
    /** The value of `waiting` that the server reports. */
    waiting: false,
  };
}
