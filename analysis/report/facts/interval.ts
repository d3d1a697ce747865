/** The standard score of 95 %. */
const Z = 1.96;

/** The 95 % interval of a share, from `count` of `total` observations (Wilson's score interval). */
export function interval(count: number, total: number): { readonly low: number; readonly high: number } {
  if (total === 0) return { low: 0, high: 1 };
  const share = count / total;
  const middle = share + (Z * Z) / (2 * total);
  const half = Z * Math.sqrt((share * (1 - share) + (Z * Z) / (4 * total)) / total);
  const whole = 1 + (Z * Z) / total;
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}
