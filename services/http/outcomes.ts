import type { FaultNames } from '#lib/faults/fault-profile.ts';

/** What the server can decide for a request to `/getbalance`; a draw is laid over them in this order. */
export const outcomes = {
  noun: 'outcome',
  faults: ['timeout', '403', '500'],
  rest: '200',
} as const satisfies FaultNames;

export type Outcome = (typeof outcomes.faults)[number] | typeof outcomes.rest;

/** The defaults of the first seed document, section 1.2. */
export const DEFAULT_PROFILE = 'timeout=0.2,403=0.2,500=0.1';

/** An answer as it goes onto the wire, or `hold`: keep the client waiting, then close without a byte. */
export type Answer =
  | { readonly kind: 'respond'; readonly status: number; readonly type?: string; readonly body: string }
  | { readonly kind: 'hold' };

const balancePage = `<html>
<head><title>Balance</title></head>
<body>
<h1>Your Balance</h1>
<p>$9999</p>
</body>
</html>
`;

export const answers: Readonly<Record<Outcome, Answer>> = {
  '200': { kind: 'respond', status: 200, type: 'text/html', body: balancePage },
  '403': { kind: 'respond', status: 403, body: 'Forbidden' },
  '500': { kind: 'respond', status: 500, body: 'Internal Server Error' },
  timeout: { kind: 'hold' },
};

/** What a person sees of each outcome, with how long a request is held. */
export const summaries: Readonly<Record<Outcome, (hold: string) => string>> = {
  '200': () => 'a page with a balance',
  '403': () => 'Forbidden',
  '500': () => 'Internal Server Error',
  timeout: (hold) => `nothing for ${hold}, then the connection is closed without a byte`,
};
