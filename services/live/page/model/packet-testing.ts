import type { LivePacket } from '../../contract.ts';

/** A packet from the client host that has arrived, with these parts. */
export function packetOf(parts: Partial<LivePacket> = {}): LivePacket {
  const { id = 1, time = 1_800_000_000 } = parts;
  return {
    id,
    time,
    arrived: time + 0.000_02,
    direction: 'up',
    from: '10.0.142.133:51234',
    to: '10.0.28.182:9090',
    transport: 'tcp',
    protocol: 'TCP',
    info: '51234 → 9090 [ACK] Seq=1 Ack=1 Win=64512 Len=0',
    length: 66,
    payload: 0,
    conversation: 'tcp 1',
    frames: { client: id, server: id },
    fate: 'arrived',
    isTrouble: false,
    comments: [],
    exposes: [],
    ...parts,
  };
}
