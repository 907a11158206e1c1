/** What Temporal's server answers with where it cannot do what was asked, as gRPC counts it. */

/** The gRPC status behind an error, where there is one. */
export function grpcCode(error: unknown): number | null {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'number') return at.code;
  return null;
}

/** True where nobody answered in time: 4 or 1, by who notices first that the time is over. */
export const isTooLate = (error: unknown): boolean => [4, 1].includes(grpcCode(error) ?? 0);

/** True where a server lacks what was asked of it: the time-skipping test server lists nothing, old ones no activities. */
export const cannot = (error: unknown): boolean => grpcCode(error) === 12;
