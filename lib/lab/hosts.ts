export const hosts = ['server', 'client'] as const;
export type Host = (typeof hosts)[number];
