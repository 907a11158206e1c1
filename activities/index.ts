import type { Client } from '@temporalio/client';
import type { Sources } from '../machines/sources.ts';
import { createMailSources } from './mail.ts';
import { createMinSupportSources } from './minSupport.ts';
import { createCaseSources, leaverOf } from './otherCases.ts';
import type { Mail, MinSupport, Register } from './ports.ts';
import { createRegisterSources } from './register.ts';

export type ActivityParts = {
  register: Register;
  minSupport: MinSupport;
  mail: Mail;
  client: Client;
  registerMode: 'performs' | 'observes';
  helpdeskMail: string;
};

/** The activities of the processes: what their sources ask for, carried out on the parts given. */
export function createActivities({ register, minSupport, mail, client, registerMode, helpdeskMail }: ActivityParts) {
  return {
    ...createRegisterSources({ register, registerMode, leaverOf: (employee) => leaverOf(client, employee) }),
    ...createMinSupportSources(minSupport),
    ...createMailSources({ register, mail, helpdeskMail }),
    ...createCaseSources(client),
  } satisfies Sources;
}
