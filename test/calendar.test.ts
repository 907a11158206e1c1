import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addWorkingDays,
  dayOf,
  endOfDay,
  isWorkingDay,
  startOfDay,
  until,
  workingDaysBefore,
} from '../machines/calendar.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`calendar: seed ${seed}`);
const holds = <Values extends [unknown, ...unknown[]]>(property: fc.IProperty<Values>) =>
  fc.assert(property, { seed, numRuns: 300 });

const instant = fc
  .date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2049-12-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const day = instant.map(dayOf);
const count = fc.integer({ min: 0, max: 30 });
const workingDay = day.filter(isWorkingDay);

/** Days and times of day as Stockholm's clock shows them, asked of Intl in another way than the calendar does. */
const onTheWall = (at: string) => new Date(at).toLocaleString('sv-SE', { timeZone: 'Europe/Stockholm' });
const daysFrom = (first: string, days: number) =>
  Array.from({ length: days }, (_, i) =>
    new Date(Date.parse(`${first}T12:00:00Z`) + i * 24 * 60 * 60 * 1000).toISOString().slice(0, 10),
  );
const workingAmong = (first: string, days: number) => daysFrom(first, days).filter(isWorkingDay);

test('an ordinary week has five working days', () => {
  assert.equal(workingAmong('2026-11-23', 7), ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27']);
});

test('at Easter nobody works from Good Friday to Easter Monday', () => {
  assert.equal(workingAmong('2026-04-02', 6), ['2026-04-02', '2026-04-07']);
});

test('at Christmas and New Year the eves are days off, the days between are not', () => {
  assert.equal(workingAmong('2026-12-23', 16), [
    '2026-12-23',
    '2026-12-28',
    '2026-12-29',
    '2026-12-30',
    '2027-01-04',
    '2027-01-05',
    '2027-01-07',
  ]);
});

test('May Day, Ascension, the national day and midsummer are days off; the eves of Epiphany and May Day are not', () => {
  assert.equal(['2026-05-01', '2026-05-14', '2025-06-06', '2026-06-19', '2026-10-31'].filter(isWorkingDay), []);
  const worked = ['2026-01-05', '2026-04-30', '2026-05-25', '2026-10-30'];
  assert.equal(worked.filter(isWorkingDay), worked);
});

test('a leap day is a working day when it falls on one', () => {
  assert.is(isWorkingDay('2028-02-29'), true);
  assert.is(addWorkingDays('2028-02-28T09:00:00Z', 1), '2028-02-29T09:00:00.000Z');
  assert.is(workingDaysBefore('2028-03-01', 1), '2028-02-29');
});

test('an instant lies on the day that it is in Stockholm, also when it is another day in UTC', () => {
  assert.is(dayOf('2026-06-30T22:00:00Z'), '2026-07-01');
  assert.is(dayOf('2026-06-30T21:59:59.999Z'), '2026-06-30');
  assert.is(dayOf('2026-12-31T23:00:00Z'), '2027-01-01');
  assert.is(dayOf('2026-12-31T23:30:00+02:00'), '2026-12-31');
});

test('a day begins at midnight in Stockholm and ends at 24:00, an hour sooner or later on the days the clocks change', () => {
  assert.is(startOfDay('2026-11-24'), '2026-11-23T23:00:00.000Z');
  assert.is(endOfDay('2026-11-24'), '2026-11-24T23:00:00.000Z');
  assert.is(startOfDay('2026-07-01'), '2026-06-30T22:00:00.000Z');
  assert.is(endOfDay('2026-12-31'), '2026-12-31T23:00:00.000Z');
  const hours = (date: string) => until(startOfDay(date), endOfDay(date)) / 3_600_000;
  assert.equal(['2026-03-28', '2026-03-29', '2026-10-25', '2026-10-26'].map(hours), [24, 23, 25, 24]);
});

test('working days are counted past weekends, holidays and both changes of the clocks at the same time of day', () => {
  const cases: [string, number, string][] = [
    ['2026-11-23T09:00:00.000Z', 3, '2026-11-26T09:00:00.000Z'],
    ['2026-11-27T14:00:00.000Z', 1, '2026-11-30T14:00:00.000Z'],
    ['2026-04-02T10:00:00.000Z', 1, '2026-04-07T10:00:00.000Z'],
    ['2026-12-23T09:00:00.000Z', 5, '2027-01-05T09:00:00.000Z'],
    ['2026-03-27T09:00:00.000Z', 1, '2026-03-30T08:00:00.000Z'],
    ['2026-10-23T08:00:00.000Z', 1, '2026-10-26T09:00:00.000Z'],
    ['2026-11-23T09:10:11.123Z', 1, '2026-11-24T09:10:11.123Z'],
  ];
  for (const [from, days, to] of cases) assert.is(addWorkingDays(from, days), to, `${from} + ${days}`);
});

test('what begins outside working days counts from the next working day’s beginning', () => {
  assert.is(addWorkingDays('2026-11-28T11:00:00Z', 0), startOfDay('2026-11-30'));
  assert.is(addWorkingDays('2026-11-28T11:00:00Z', 1), startOfDay('2026-12-01'));
  assert.is(addWorkingDays('2026-12-24T11:00:00Z', 3), startOfDay('2027-01-04'));
  assert.is(addWorkingDays(endOfDay('2026-11-27'), 1), startOfDay('2026-12-01'));
});

test('a leaver’s work opens five working days before the last one', () => {
  assert.is(workingDaysBefore('2026-12-18', 5), '2026-12-11');
  assert.is(workingDaysBefore('2026-12-31', 5), '2026-12-22');
  assert.is(workingDaysBefore('2027-01-07', 5), '2026-12-28');
  assert.is(workingDaysBefore('2026-12-19', 5), '2026-12-14');
  assert.is(workingDaysBefore('2026-12-19', 0), '2026-12-19');
});

test('the time until a deadline is never negative', () => {
  assert.is(until('2026-11-23T09:00:00Z', '2026-11-23T09:00:01Z'), 1000);
  assert.is(until('2026-11-23T09:00:01Z', '2026-11-23T09:00:00Z'), 0);
});

test('whatever the day: it begins at 00:00 on its own date, and ends when the next begins', () => {
  holds(
    fc.property(day, (date) => {
      assert.is(onTheWall(startOfDay(date)), `${date} 00:00:00`);
      assert.is(dayOf(startOfDay(date)), date);
      assert.is(dayOf(new Date(Date.parse(endOfDay(date)) - 1).toISOString()), date);
      assert.is(endOfDay(date), startOfDay(dayOf(endOfDay(date))));
    }),
  );
});

test('whatever the instant: its day is the one on Stockholm’s clock', () => {
  holds(fc.property(instant, (at) => assert.is(dayOf(at), onTheWall(at).slice(0, 10))));
});

test('whatever the start: working days end on a working day or at its end, with so many working days between', () => {
  holds(
    fc.property(instant, count, (at, days) => {
      const to = addWorkingDays(at, days);
      const [from, reached] = [dayOf(at), dayOf(to)];
      assert.ok(isWorkingDay(reached));
      assert.ok(to >= at, 'never earlier');
      const passed = daysFrom(from, 80).filter((date) => date < reached && isWorkingDay(date)).length;
      assert.is(passed, days);
      assert.is(onTheWall(to).slice(11), isWorkingDay(from) ? onTheWall(at).slice(11) : '00:00:00');
    }),
  );
});

test('whatever the start: more working days are never reached sooner, nor a later start', () => {
  holds(
    fc.property(instant, instant, count, (one, other, days) => {
      const [sooner, later] = one < other ? [one, other] : [other, one];
      assert.ok(addWorkingDays(sooner, days) <= addWorkingDays(later, days));
      assert.ok(addWorkingDays(one, days) < addWorkingDays(one, days + 1));
      assert.is(addWorkingDays(addWorkingDays(one, days), 1), addWorkingDays(one, days + 1));
    }),
  );
});

test('whatever the working day: so many days before and as many after lead back to it', () => {
  holds(
    fc.property(workingDay, count, (date, days) => {
      const before = workingDaysBefore(date, days);
      assert.ok(isWorkingDay(before));
      assert.is(addWorkingDays(startOfDay(before), days), startOfDay(date));
    }),
  );
});

test('every day that a person may name has a place in the calendar', () => {
  assert.is(workingDaysBefore('2001-01-01', 5), '2000-12-21');
  assert.is(dayOf(addWorkingDays(endOfDay('2099-12-31'), 5)), '2100-01-12');
});

test('beyond the table of holidays the error names the script that makes it longer', () => {
  assert.throws(() => isWorkingDay('2106-01-02'), /2106-01-02 lies beyond .* scripts\/holidays\.ts/);
  assert.throws(() => addWorkingDays('2105-12-30T09:00:00Z', 30), /scripts\/holidays\.ts/);
});

test('what is no day, no instant or no number of days is named', () => {
  for (const wrong of ['2026-02-30', '2027-02-29', '26-11-23', '2026-11-23T09:00:00Z', ''])
    assert.throws(() => startOfDay(wrong), /is not a day: expected a date that exists, written YYYY-MM-DD/);
  for (const wrong of ['2026-11-23', '2026-11-23T09:00:00', 'now', '2026-13-01T09:00:00Z', ''])
    assert.throws(() => dayOf(wrong), /is not an instant: expected ISO 8601 with a time zone/);
  for (const wrong of [-1, 0.5, Number.NaN])
    assert.throws(() => addWorkingDays('2026-11-23T09:00:00Z', wrong), /expected a whole number, 0 or more/);
});

test.run();
