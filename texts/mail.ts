import { mailInEnglish } from './mail.en.ts';
import { mailInSwedish } from './mail.sv.ts';
import type { MailView } from './mailView.ts';

/** @returns the mail in the reader's language, lines ending in `\n`. */
export function mailText(view: MailView, language: 'sv' | 'en'): { subject: string; text: string } {
  const { subject, paragraphs } = language === 'sv' ? mailInSwedish(view) : mailInEnglish(view);
  return { subject, text: `${paragraphs.join('\n\n')}\n` };
}
