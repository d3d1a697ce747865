export const hosts = ['server', 'client'] as const;
export type Host = (typeof hosts)[number];

/** Who captures packets: both hosts, and the wire between them. */
export const capturers = [...hosts, 'wire'] as const;
