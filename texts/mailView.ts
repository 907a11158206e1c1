import type { Assignment } from '../machines/register.ts';
import type { TellInput } from '../machines/sources.ts';

/** What a mail is written from, whatever its language: what it is about, and who reads it. */
export type MailView = {
  about: TellInput;
  /** The employee's name; null where the register does not have it (any more). */
  name: string | null;
  /** The reader's id; null for the helpdesk. */
  reader: string | null;
  /** The assignments that the mail names, as far as the register still shows them. */
  assignments: (Pick<Assignment, 'id'> & Partial<Assignment>)[];
};

export type MailText = { subject: string; paragraphs: string[] };

/** Whether the case is a leaver's (process 2010:01). */
export const isLeaver = ({ about }: MailView): boolean => about.request.startsWith('leaves-');
/** Whether the mail goes to the employee that it is about. */
export const isOwn = ({ about, reader }: MailView): boolean => reader === about.employee;
export const employeeIn = ({ about, name }: MailView): string =>
  name === null ? about.employee : `${name} (${about.employee})`;

/** A command line that the reader can copy. Who acts is only said where the reader is a person. */
export const command = ({ about, reader }: MailView, name: string, rest = ''): string =>
  `    npx aterkalla ${name} ${about.request}${rest ? ` ${rest}` : ''}${reader === null ? '' : ` --as ${reader}`}`;

/** The list as lines, each with a dash. */
export const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/**
 * A moment as people in Sweden read it. A day's end is said as 24:00 of that day (contract: a last working day ends at
 * 24:00), not as 00:00 of the next.
 *
 * @param at ISO 8601.
 * @param locale e.g. `sv-SE`.
 */
export function dayAndTime(at: string, locale: string): { day: string; time: string } {
  const moment = new Date(at);
  const zone = { timeZone: 'Europe/Stockholm' } as const;
  const time = new Intl.DateTimeFormat('sv-SE', { ...zone, hour: '2-digit', minute: '2-digit' }).format(moment);
  const midnight = time === '00:00';
  const within = midnight ? new Date(moment.getTime() - 60_000) : moment;
  const day = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'full' }).format(within);
  return { day, time: midnight ? '24:00' : time };
}

/** A warning's id in its two parts, e.g. `last-administrator` and `finsam-ovre`. */
export function warningParts(id: string): { kind: string; where: string } {
  const [kind = '', where = ''] = id.split(':');
  return { kind, where };
}
