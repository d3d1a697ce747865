/** What a fault profile of probabilities has for one name. */
export interface Share {
  readonly name: string;
  readonly probability: number;
}

/** Rounds away what binary fractions leave over. */
const round = (value: number) => Math.round(value * 1e4) / 1e4;

/**
 * Changes one probability. The others give way, the last one first, so that all together stay at most 1.
 *
 * The rest, such as `200` or `none`, is not among the shares.
 */
export function withShare(shares: readonly Share[], name: string, probability: number): readonly Share[] {
  const asked = round(Math.min(1, Math.max(0, probability)));
  let room = 1 - asked;
  return shares.map((share) => {
    if (share.name === name) return { name, probability: asked };
    const kept = round(Math.max(0, Math.min(share.probability, room)));
    room -= kept;
    return { name: share.name, probability: kept };
  });
}

/** The profile as `make faults` takes it: `timeout=0.2,403=0.2`, or `none`. */
export function profileOf(shares: readonly Share[]): string {
  const given = shares.filter(({ probability }) => probability > 0);
  return given.length === 0
    ? 'none'
    : given.map(({ name, probability }) => `${name}=${probability}`).join(',');
}

export function restOf(shares: readonly Share[]): number {
  return Math.max(0, round(1 - shares.reduce((sum, { probability }) => sum + probability, 0)));
}

export function isScript(profile: string): boolean {
  return profile.trimStart().startsWith('script:');
}
