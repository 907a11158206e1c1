import { join } from 'node:path';
import type { EndedSessions, Mail, MinSupport } from '../activities/ports.ts';
import { createTables, type Database, openDatabase } from './database.ts';
import { keepEndedSessions } from './endedSessions.ts';
import { folderMail, smtpMail } from './mail.ts';
import { embeddedMinSupport, httpMinSupport } from './minSupport.ts';
import { type KeptRegister, openRegister } from './register.ts';
import { readRegisterFile } from './registerFile.ts';

/** The world outside as the settings choose it: what is not set is embedded and lies in the data folder. */

export type OutsideSettings = {
  dataDir: string;
  /** Taken in at the first start, while the register is empty. */
  registerFile: string;
  databaseUrl?: string | undefined;
  smtpUrl?: string | undefined;
  mailFrom: string;
  minSupportUrl?: string | undefined;
};

export type Outside = {
  register: KeptRegister;
  minSupport: MinSupport;
  mail: Mail;
  endedSessions: EndedSessions;
  /** What is kept beside Temporal, the orders of the embedded Min Support among it. */
  database: Database;
  close(): Promise<void>;
};

/**
 * Opens register, Min Support and mail; makes what is missing and fills an empty register.
 *
 * @throws {RegisterFileRefused} where the register file is needed and does not fit; the database's own error where that
 * cannot be opened.
 */
export async function openOutside(settings: OutsideSettings): Promise<Outside> {
  const { dataDir, registerFile, databaseUrl, smtpUrl, mailFrom, minSupportUrl } = settings;
  const database = await openDatabase(dataDir, databaseUrl);
  try {
    await createTables(database);
    const register = openRegister(database);
    await register.fillIfEmpty(() => readRegisterFile(registerFile));
    const smtp = smtpUrl ? smtpMail(smtpUrl, mailFrom) : undefined;
    return {
      register,
      minSupport: minSupportUrl ? httpMinSupport(minSupportUrl) : embeddedMinSupport(database),
      mail: smtp ?? folderMail(join(dataDir, 'mail'), mailFrom),
      endedSessions: keepEndedSessions(database),
      database,
      close: async () => {
        smtp?.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
