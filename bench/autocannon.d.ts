/** The part of autocannon that the bench uses; the package has no types. */
declare module 'autocannon' {
  export interface Result {
    /** In seconds. */
    readonly duration: number;
    /** In milliseconds. */
    readonly latency: { readonly p99: number };
    readonly errors: number;
    readonly '2xx': number;
    readonly non2xx: number;
  }

  export default function autocannon(options: {
    readonly url: string;
    readonly connections: number;
    readonly duration?: number;
    readonly amount?: number;
  }): Promise<Result> & { stop(): void };
}
