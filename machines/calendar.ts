import { holidays } from './holidays.ts';

/**
 * Swedish working days in the time zone Europe/Stockholm, summer time included. Pure: what time it is now is always
 * given, never read.
 *
 * A day is a text `YYYY-MM-DD`, as the calendar on the wall in Stockholm shows it. An instant is a text in ISO 8601
 * with a time zone, e.g. `2026-11-23T09:00:00.000Z`; what is returned is in UTC. Working days are Monday to Friday
 * without the days off in `holidays.ts`.
 */

const DAY = 24 * 60 * 60 * 1000;
const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT_TEXT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** By year, as `holidays.ts` writes them. */
const daysOff = new Map(
  holidays
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, 4), line.slice(5)]),
);
const short = (day: string): string => String.fromCharCode(96 + Number(day.slice(5, 7))) + day.slice(8);

/** Is this a day on which people at work can be expected to act? Throws RangeError beyond the table of holidays. */
export const isWorkingDay = (day: string): boolean => isWorking(midnightOf(day));

/** The day in Stockholm on which an instant lies. */
export const dayOf = (at: string): string => dayAt(wallClock(epochOf(at)));

/** The instant at which a day begins, 00:00 in Stockholm. */
export const startOfDay = (day: string): string => instantAt(midnightOf(day));

/** The instant at which a day ends: 24:00, which is when the next day begins (contract: "A last working day ends at 24:00"). */
export const endOfDay = (day: string): string => startOfDay(nextDay(day));

/**
 * The instant `count` working days later, at the same time of day on the clock in Stockholm.
 *
 * A time that lies outside working days counts as the next working day's beginning, so that nobody's days run while
 * they are off: from Friday 15:00 one working day reaches Monday 15:00; from Saturday 12:00 it reaches Tuesday 00:00,
 * when the whole of Monday has passed.
 *
 * @param at an instant.
 * @param count working days, 0 or more; 0 gives `at` itself, or where that is outside working days, the next beginning.
 */
export function addWorkingDays(at: string, count: number): string {
  checkCount(count);
  const wall = wallClock(epochOf(at));
  let midnight = Math.floor(wall / DAY) * DAY;
  const timeOfDay = isWorking(midnight) ? wall - midnight : 0;
  while (!isWorking(midnight)) midnight += DAY;
  for (let left = count; left > 0; left--) {
    do midnight += DAY;
    while (!isWorking(midnight));
  }
  return instantAt(midnight + timeOfDay);
}

/**
 * The day that lies `count` working days before a day, which itself is not counted, whether it is a working day or not:
 * five before Friday 2026-12-18 is Friday 2026-12-11.
 *
 * @param count working days, 0 or more; 0 gives the day itself.
 */
export function workingDaysBefore(day: string, count: number): string {
  checkCount(count);
  let midnight = midnightOf(day);
  for (let left = count; left > 0; left--) {
    do midnight -= DAY;
    while (!isWorking(midnight));
  }
  return dayAt(midnight);
}

/** Milliseconds from an instant until a deadline; 0 where it has passed. */
export const until = (at: string, deadline: string): number => Math.max(0, epochOf(deadline) - epochOf(at));

// A time on Stockholm's wall clock is held as the milliseconds at which UTC's clock would show the same, so that days
// and times of day are plain arithmetic, and only `wallClock` and `instantAt` know about summer time.

const nextDay = (day: string) => dayAt(midnightOf(day) + DAY);

/** @param midnight when a day begins, on the wall clock. */
function isWorking(midnight: number): boolean {
  const day = dayAt(midnight);
  const off = daysOff.get(day.slice(0, 4));
  if (off === undefined)
    throw new RangeError(
      `${day} lies beyond the table of Swedish holidays: expected a year that machines/holidays.ts has; scripts/holidays.ts makes it longer`,
    );
  const weekday = new Date(midnight).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !off.includes(short(day));
}

const dayAt = (wall: number) => new Date(wall).toISOString().slice(0, 'YYYY-MM-DD'.length);

function midnightOf(day: string): number {
  const wall = DAY_TEXT.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // Date.parse rolls 2026-02-30 over into March.
  if (Number.isNaN(wall) || dayAt(wall) !== day)
    throw new RangeError(`"${day}" is not a day: expected a date that exists, written YYYY-MM-DD`);
  return wall;
}

function epochOf(at: string): number {
  const epoch = INSTANT_TEXT.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(epoch))
    throw new RangeError(
      `"${at}" is not an instant: expected ISO 8601 with a time zone, such as 2026-11-23T09:00:00.000Z`,
    );
  return epoch;
}

function checkCount(count: number): void {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`${count} is not a number of working days: expected a whole number, 0 or more`);
}

const HOUR = 60 * 60 * 1000;
/** What Stockholm's clock is ahead of UTC, by hour: it changes on the hour alone, and finding it out is slow. */
const offsets = new Map<number, number>();
const KEPT_OFFSETS = 100;

/** What Stockholm's clock shows at an instant. */
function wallClock(epoch: number): number {
  const hour = Math.floor(epoch / HOUR);
  const offset = offsets.get(hour) ?? lookUpWallClock(epoch) - epoch;
  if (offsets.size >= KEPT_OFFSETS) offsets.clear();
  offsets.set(hour, offset);
  return epoch + offset;
}

let stockholm: Intl.DateTimeFormat | undefined;

function lookUpWallClock(epoch: number): number {
  // Made at the first use: each costs a tenth of a millisecond and 30 KB, and most replays never ask.
  stockholm ??= new Intl.DateTimeFormat('en-US', {
    timeZone: 'Europe/Stockholm',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
  for (const { type, value } of stockholm.formatToParts(epoch))
    if (type === 'year' || type === 'month' || type === 'day' || type === 'hour' || type === 'minute')
      shown[type] = Number(value);
  // Offsets have been whole minutes for a century, so the seconds are the same on both clocks.
  const secondsAndLess = ((epoch % 60_000) + 60_000) % 60_000;
  return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute) + secondsAndLess;
}

/** The instant at which Stockholm's clock shows a time. The hour that October has twice is taken the second time. */
function instantAt(wall: number): string {
  const offsetAt = (epoch: number) => wallClock(epoch) - epoch;
  // The offset at the instant itself is wanted; what it is at `wall`, at most two hours off, settles it in two steps.
  const guess = wall - offsetAt(wall);
  return new Date(wall - offsetAt(guess)).toISOString();
}
