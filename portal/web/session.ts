import { reactive } from 'vue';
import type { Language, Me } from '../api.ts';
import { call, problemOf, Refused, useToken, whenLoggedOut } from './http.ts';
import { speak } from './language.ts';

/** Who is logged in, as every page needs it. */
export const session = reactive<{ me: Me | null; ended: boolean }>({ me: null, ended: false });

/** Asks the server who is logged in; null stays where it cannot be reached. */
export async function whoAmI(): Promise<void> {
  try {
    const was = session.me?.person;
    session.me = await call('me');
    useToken(session.me.csrf);
    session.ended = Boolean(was) && session.me.person === null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

/** Shows all in another language, and has the server remember it. */
export async function choose(language: Language): Promise<void> {
  await speak(language);
  if (session.me) session.me.language = language;
  await call('language', { body: { language } }).catch(problemOf);
}

/** The address that logs in and comes back to a page of ours. */
export const loginAddress = (to: string): string =>
  `${session.me?.login.path ?? '/login'}?${new URLSearchParams({ to })}`;

/** Ends the session here and at the provider. */
export async function logOut(): Promise<void> {
  try {
    const { to } = await call('logout', { body: undefined });
    location.assign(to);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // This browser is out all the same: the page says so.
    await whoAmI();
  }
}

whenLoggedOut(() => {
  if (!session.me?.person) return;
  session.me.person = null;
  session.ended = true;
});
