/** The servers that make draws, each with a fault profile and a stream of draws of its own. */
export const deciders = ['http', 'echo-tcp', 'echo-udp'] as const;
export type Decider = (typeof deciders)[number];

/** Their names in sentences. */
export const deciderNames = {
  http: 'HTTP',
  'echo-tcp': 'echo over TCP',
  'echo-udp': 'echo over UDP',
} as const satisfies Record<Decider, string>;
