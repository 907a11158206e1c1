import { createHmac, timingSafeEqual } from 'node:crypto';

/** What goes out and has to come back as it was: where the next page begins. */
export type Seal = {
  close(text: string): string;
  /** Null where it is not what {@link close} gave. */
  open(sealed: string): string | null;
};

/** @param key a secret of this portal. */
export function createSeal(key: Buffer): Seal {
  const mark = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, 12);
  return {
    close: (text) => `${mark(text).toString('base64url')}.${text}`,
    open(sealed) {
      const [given = '', text = ''] = [sealed.slice(0, 16), sealed.slice(17)];
      const [known, said] = [mark(text), Buffer.from(given, 'base64url')];
      return said.length === known.length && timingSafeEqual(said, known) ? text : null;
    },
  };
}
