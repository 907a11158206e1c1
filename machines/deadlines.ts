import { addWorkingDays, endOfDay, startOfDay, workingDaysBefore } from './calendar.ts';

/**
 * The one table of deadlines. Counted in Swedish working days, Europe/Stockholm, from when the wait began. Someone who
 * changes a deadline changes it here and nowhere else.
 */
export const deadlines = {
  /** Who has to act is reminded, then somebody above is told; then the reminder comes again and again. */
  notices: { remindAfter: 3, escalateAfter: 5, thenRemindEvery: 5 },
  /** Past a leaver's deadline every working day counts. */
  leaverNotices: { remindAfter: 3, thenRemindEvery: 1 },
  /** A leaver's detaching opens this many working days before the last one. */
  leaverDetachingOpensBefore: 5,
  /** A confirmation that a mail server refuses for good is tried again at this interval, in hours, for so many days. */
  refusedMail: { retryEveryHours: 1, giveUpAfter: 1 },
};

/** A reminder goes to who has to act, an escalation above them. */
export type Notice = { kind: 'reminder' | 'escalation'; at: string };

/**
 * The next notice of a wait.
 *
 * @param since when the wait began, ISO 8601; @param given how many notices it has had.
 */
export function nextNotice(since: string, given: number): Notice {
  const { remindAfter, escalateAfter, thenRemindEvery } = deadlines.notices;
  if (given === 0) return { kind: 'reminder', at: addWorkingDays(since, remindAfter) };
  if (given === 1) return { kind: 'escalation', at: addWorkingDays(since, escalateAfter) };
  return { kind: 'reminder', at: addWorkingDays(since, escalateAfter + (given - 1) * thenRemindEvery) };
}

/** When a task is due that began then: when it would be escalated. */
export const dueAfter = (since: string): string => addWorkingDays(since, deadlines.notices.escalateAfter);

/** When a leaver's detaching opens (contract, "Temporal"). */
export const leaverDetachingOpens = (lastWorkingDay: string): string =>
  startOfDay(workingDaysBefore(lastWorkingDay, deadlines.leaverDetachingOpensBefore));

/** When a leaver's authorisation may be removed: on the last working day. */
export const leaverRemovalOpens = (lastWorkingDay: string): string => startOfDay(lastWorkingDay);

/** When all of a leaver's work must be done: when the last working day ends, at 24:00. */
export const leaverDeadline = (lastWorkingDay: string): string => endOfDay(lastWorkingDay);

/**
 * The next notice of a wait in a leaver's case: a reminder while there is time, the escalation when the deadline passes,
 * then a reminder every working day.
 */
export function nextLeaverNotice(since: string, given: number, lastWorkingDay: string): Notice {
  const deadline = leaverDeadline(lastWorkingDay);
  const { remindAfter, thenRemindEvery } = deadlines.leaverNotices;
  const reminder = addWorkingDays(since, remindAfter);
  const before = reminder < deadline ? 1 : 0;
  if (given < before) return { kind: 'reminder', at: reminder };
  const start = deadline > since ? deadline : since;
  if (given === before) return { kind: 'escalation', at: start };
  return { kind: 'reminder', at: addWorkingDays(start, (given - before) * thenRemindEvery) };
}

/** Until when a refused confirmation is tried. */
export const giveUpMail = (firstRefused: string): string =>
  addWorkingDays(firstRefused, deadlines.refusedMail.giveUpAfter);
