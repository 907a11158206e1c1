import { TranslationService, ValidationService } from '@fkui/logic';
import { shallowRef } from 'vue';
import type { TextName } from '../../texts/pages.sv.ts';
import type { Language } from '../api.ts';

/**
 * What the pages say. The texts lie in `texts/`, as ICU messages; only the language that is spoken is loaded. A change of
 * language shows everything anew.
 */

export const language = shallowRef<Language>('sv');
type Texts = typeof import('virtual:texts/sv');
const loaded = shallowRef<Texts['texts']>();

type Values = Record<string, string | number | undefined>;

/** Loads a language and shows everything in it. */
export async function speak(chosen: Language): Promise<void> {
  const { texts, fkui }: Texts = chosen === 'en' ? await import('virtual:texts/en') : await import('virtual:texts/sv');
  loaded.value = texts;
  language.value = chosen;
  document.documentElement.lang = chosen;
  TranslationService.changeProvider({
    currentLanguage: chosen,
    changeLanguage: async () => {},
    translate: (key, fallback, values) =>
      typeof fallback === 'string' ? filled(fkui[key] ?? fallback, values) : filled(fkui[key] ?? key, fallback),
  });
  ValidationService.setErrorMessages({
    required: t('error.required'),
    writtenText: t('error.text'),
    existingDay: t('error.day'),
    personNumber: t('error.manager'),
  });
}

/** A text by its name, with its values. */
export function t(name: TextName, values: Values = {}): string {
  const message = loaded.value?.[name] ?? '';
  return typeof message === 'string' ? message : message(values);
}

/** A text whose name is made of a word that comes from outside; the word itself where there is none. */
export function word(kind: Kind, name: string): string {
  const texts: Partial<Texts['texts'] & Record<string, Texts['texts'][TextName]>> = loaded.value ?? {};
  const text = texts[`${kind}.${name}`];
  return typeof text === 'string' ? text : name;
}
/** What somebody is asked to do; to decide on a stopped order is to order again or withdraw. */
export const taskName = (task: string, state: string | undefined): string =>
  word('task', state === 'orderStopped' ? 'orderAgain' : task);
type Kind =
  | 'event'
  | 'form'
  | 'orderState'
  | 'process'
  | 'region'
  | 'role'
  | 'state'
  | 'step'
  | 'task'
  | 'wait'
  | 'warning';

/** FKUI's own texts name their values as `{{ this }}`. */
const filled = (text: string, values: Record<string, unknown> = {}): string =>
  text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, key: string) => String(values[key] ?? ''));

const locale = () => (language.value === 'en' ? 'en-GB' : 'sv-SE');
const inSweden = { timeZone: 'Europe/Stockholm' } as const;

/** A moment as people in Sweden read it, e.g. `24 nov. 2026 10:00`. */
export const momentIn = (at: string): string =>
  new Intl.DateTimeFormat(locale(), { ...inSweden, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));

/** The day of a moment, with its weekday, e.g. `tisdag 24 november 2026`. */
const dayIn = (at: string): string =>
  new Intl.DateTimeFormat(locale(), { ...inSweden, dateStyle: 'full' }).format(new Date(at));

/** The same for tables, e.g. `tis 24 nov. 2026`. */
export const shortDayIn = (at: string): string =>
  new Intl.DateTimeFormat(locale(), {
    ...inSweden,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(new Date(at));

/** The last moment before something is late: what is due when a day ends, at 24:00, is due on that day. */
const lastMoment = (due: string): string => new Date(Date.parse(due) - 1).toISOString();
/** The day by whose end, or in the course of which, something is due. */
export const dueDay = (due: string): string => dayIn(lastMoment(due));
/** The same for tables. */
export const shortDueDay = (due: string): string => shortDayIn(lastMoment(due));

/** A calendar day `YYYY-MM-DD` in words. */
export const calendarDay = (day: string): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', dateStyle: 'long' }).format(new Date(`${day}T00:00:00Z`));

/** A list in words: `a, b och c`. */
export const list = (items: readonly string[]): string =>
  new Intl.ListFormat(locale(), { type: 'conjunction' }).format(items);
export const listOr = (items: readonly string[]): string =>
  new Intl.ListFormat(locale(), { type: 'disjunction' }).format(items);

/** Today in Sweden, as `YYYY-MM-DD`. */
export const today = (): string => new Intl.DateTimeFormat('sv-SE', inSweden).format(new Date());

/** The time of day of a moment, with seconds: `10:00:12`. */
export const clockIn = (at: string): string =>
  new Intl.DateTimeFormat(locale(), { ...inSweden, timeStyle: 'medium' }).format(new Date(at));
