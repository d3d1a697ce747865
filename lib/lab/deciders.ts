/** The servers that draw apart from each other, as their profiles and seeds are told. */
export const deciders = ['http', 'echo-tcp', 'echo-udp'] as const;
export type Decider = (typeof deciders)[number];

/** As a person reads them. */
export const deciderNames = {
  http: 'HTTP',
  'echo-tcp': 'echo over TCP',
  'echo-udp': 'echo over UDP',
} as const satisfies Record<Decider, string>;
