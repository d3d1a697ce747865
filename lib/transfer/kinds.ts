/** In the order of a transfer. OPEN, DATA and CLOSE share one row of sequence numbers, as SYN and FIN do in TCP. */
export const segmentKinds = ['OPEN', 'DATA', 'CLOSE'] as const;
export const kinds = [...segmentKinds, 'ACK', 'ABORT'] as const;

export type SegmentKind = (typeof segmentKinds)[number];
export type Kind = (typeof kinds)[number];

/** The names of the protocols, and how a header has them. */
export const codeOfMode = { 'stop-and-wait': 'SW', 'go-back-n': 'GBN', 'selective-repeat': 'SR' } as const;

export type ModeName = keyof typeof codeOfMode;
export const modeNames = Object.keys(codeOfMode) as readonly ModeName[];
