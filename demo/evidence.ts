import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseStatus } from '../activities/caseStatus.ts';
import { openDatabase } from '../outside/database.ts';
import { type StoredOrder, storedOrders } from '../outside/minSupport.ts';
import { openRegister } from '../outside/register.ts';
import { parseRegisterFile } from '../outside/registerFile.ts';
import type { RegisterFile } from '../outside/registerFileForm.ts';

/** What is left once everything has ended: read from the data folder itself, not asked of the program that wrote it. */

/** One mail as it lies in the folder. */
export type SentMail = { to: string; messageId: string; request: string; occasion: string; language: string };

export type Evidence = {
  /** The register before the demo, and after it. */
  before: RegisterFile;
  after: RegisterFile;
  orders: StoredOrder[];
  mails: SentMail[];
  /** The last status of each case. */
  removal: CaseStatus;
  leaver: CaseStatus;
};

/** Reads register, orders and mails from a data folder that no process uses any more. */
export async function readDataFolder(dataDir: string): Promise<Pick<Evidence, 'after' | 'orders' | 'mails'>> {
  const database = await openDatabase(dataDir, undefined);
  try {
    const after = parseRegisterFile(await openRegister(database).exportFile());
    return { after, orders: await storedOrders(database), mails: readMails(join(dataDir, 'mail')) };
  } finally {
    await database.close();
  }
}

function readMails(folder: string): SentMail[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith('.eml'))
    .map((name) => mailOf(readFileSync(join(folder, name), 'latin1')));
}

function mailOf(raw: string): SentMail {
  const [head = ''] = raw.split('\r\n\r\n');
  // Long headers go on in the next line, which then begins with a space.
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  return {
    to: header('to').replaceAll(/[<>]/g, ''),
    messageId: header('message-id'),
    request: header('x-aterkalla-request'),
    occasion: header('x-aterkalla-occasion'),
    language: header('content-language'),
  };
}
