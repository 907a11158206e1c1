import type { Reader, Sources, TellAnswer, TellInput } from '../machines/sources.ts';
import { mailText } from '../texts/mail.ts';
import { type Mail, type MailMessage, MailRefused, type Register } from './ports.ts';

/** Telling people by mail: whom, in which language, as which Message-ID. The words are in `texts/`. */

export type MailParts = {
  register: Pick<Register, 'person' | 'facts'>;
  mail: Mail;
  /** Where mails to the helpdesk go. */
  helpdeskMail: string;
};

const readerId = (reader: Reader): string => ('person' in reader ? reader.person : 'helpdesk');

/** The same try of the same mail to the same reader is the same mail: nothing else goes into its Message-ID. */
const messageId = ({ request, occasion, wait, number }: TellInput, reader: Reader): string =>
  `${request}.${wait ? `${occasion}-${wait}` : occasion}.${number}.${readerId(reader)}@aterkalla`;

export function createMailSources({ register, mail, helpdeskMail }: MailParts) {
  async function compose(about: TellInput): Promise<(reader: Reader) => Promise<MailMessage>> {
    const named = about.assignments ?? [];
    const [employee, facts] = await Promise.all([
      register.person(about.employee),
      named.length > 0 ? register.facts(about.employee, about.system) : undefined,
    ]);
    const personOf = (id: string) => (id === about.employee ? employee : register.person(id));
    const assignments = named.map((id) => facts?.assignments.find((shown) => shown.id === id) ?? { id });
    return async (reader) => {
      const person = 'person' in reader ? await personOf(reader.person) : null;
      if ('person' in reader && person === null) throw new MailRefused('not in the register any more');
      const view = { about, name: employee?.name ?? null, reader: person?.id ?? null, assignments };
      const language = person?.language ?? 'sv';
      return {
        messageId: messageId(about, reader),
        to: person?.email ?? helpdeskMail,
        ...mailText(view, language),
        headers: {
          'X-Aterkalla-Request': about.request,
          'X-Aterkalla-Occasion': about.occasion,
          'Content-Language': language,
        },
      };
    };
  }

  return {
    /**
     * Tells every reader, each once.
     *
     * @returns who could not be told for good, and why.
     * @throws the first error that is worth trying again, after all readers have been tried.
     */
    async tell(input): Promise<TellAnswer> {
      const write = await compose(input);
      const readers = new Map(input.to.map((reader) => [readerId(reader), reader]));
      const refused: TellAnswer['refused'] = [];
      const failures: unknown[] = [];
      await Promise.all(
        [...readers.values()].map(async (reader) => {
          try {
            await mail.send(await write(reader));
          } catch (error) {
            if (error instanceof MailRefused) refused.push({ reader, reason: error.message });
            else failures.push(error);
          }
        }),
      );
      if (failures.length > 0) throw failures[0];
      return { refused };
    },
  } satisfies Pick<Sources, 'tell'>;
}
