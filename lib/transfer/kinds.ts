/** In the order of a transfer. OPEN, DATA and CLOSE share one series of sequence numbers, like SYN and FIN in TCP. */
export const segmentKinds = ['OPEN', 'DATA', 'CLOSE'] as const;
export const kinds = [...segmentKinds, 'ACK', 'ABORT'] as const;

export type SegmentKind = (typeof segmentKinds)[number];
export type Kind = (typeof kinds)[number];

/** The names of the protocols, and their codes in a header. */
export const codeOfMode = { 'stop-and-wait': 'SW', 'go-back-n': 'GBN', 'selective-repeat': 'SR' } as const;

export type ModeName = keyof typeof codeOfMode;
export const modeNames = Object.keys(codeOfMode) as readonly ModeName[];
