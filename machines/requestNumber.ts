/**
 * A case's request number: its workflow id, a dash and six characters made from the start command's id (contract,
 * "Cases"). The same start command always gives the same number, in the client and in the workflow.
 */

/** The workflow id that keeps two removals from being open for one person. */
export const removalId = (employee: string, system = 'SUS') => `removal-${system}-${employee}`;
/** The workflow id that keeps two leaver's cases from being open for one person. */
export const leavesId = (employee: string) => `leaves-${employee}`;

/** @param workflowId the lock, e.g. `removal-SUS-1001`; @param startId the start command's own id. */
export function requestNumber(workflowId: string, startId: string): string {
  // FNV-1a, twice with different offsets: the workflow sandbox has no crypto, and nothing here is secret.
  const hash = (text: string, offset: number) => {
    let value = offset;
    for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return value;
  };
  const wide = hash(startId, 0x811c9dc5) * 0x10000 + (hash(`${startId}#${workflowId}`, 0x050c5d1f) & 0xffff);
  return `${workflowId}-${(wide % 36 ** 6).toString(36).padStart(6, '0')}`;
}

/** The workflow id of a request number; null where the text is not a request number. */
export function workflowIdOf(request: string): string | null {
  return /^((?:removal-[A-Za-z]{1,16}|leaves|followUp)-[A-Za-z0-9]{1,32})-[0-9a-z]{6}$/.exec(request)?.[1] ?? null;
}
