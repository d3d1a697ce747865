import type { Packet } from '#lib/packet/packet.ts';
import { parsed } from '#lib/packet/testing.ts';
import type { Step, WireFault, WireOptions } from './fault.ts';

export const WIRE_ADDRESS = 0x0a001c01;

/** Nothing is set. */
export const noOptions: WireOptions = {
  reorderBy: 1,
  mtu: undefined,
  oversize: 'icmp',
  tamper: undefined,
  delay: undefined,
};

/** What a fault decides for a packet, and the steps that follow. Undefined when the packet can't have it. */
export function decide(
  fault: WireFault,
  packet: Packet | Buffer,
  { random = 0, ...options }: Partial<WireOptions> & { readonly random?: number } = {},
) {
  const given = Buffer.isBuffer(packet) ? parsed(packet) : packet;
  const detail = fault.draw(given, {
    random: () => random,
    options: { ...noOptions, ...options },
    wireAddress: WIRE_ADDRESS,
  });
  return detail && { detail, steps: fault.steps(given, detail, WIRE_ADDRESS), phrase: fault.phrase(detail) };
}

/** The packets of steps, in their order. */
export function packetsOf(steps: readonly Step[]): Buffer[] {
  return steps.map(({ bytes }) => bytes);
}
