import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CaseStatus } from './activities/caseStatus.ts';
import { type AterkallaClient, ClientError, connect } from './client.ts';
import { checks } from './demo/checks.ts';
import { readDataFolder } from './demo/evidence.ts';
import { people } from './demo/people.ts';
import { dayOf } from './machines/calendar.ts';
import { readRegisterFile } from './outside/registerFile.ts';
import { readSettings } from './settings.ts';
import { createUndo } from './setup/lifetime.ts';
import { isMain } from './setup/main.ts';
import { watchParent } from './setup/processes.ts';
import { startSystem } from './start.ts';
import { demoTexts } from './texts/demo.ts';
import type { Language, Text } from './texts/problems.ts';

/**
 * `npm run demo`: one removal with detaching and one leaver, from start to confirmation, on everything as `npm start`
 * runs it, in a data folder of its own. Ends with 0 only if register, orders and mails then say exactly what they must.
 */

type Tell = (text: Text) => void;

/** A step did not lead where it must. */
class DemoFailed extends Error {
  readonly text: Text;
  constructor(text: Text) {
    super(text.en);
    this.text = text;
  }
}

/** How long a case may take to get on by itself, in milliseconds. */
const PATIENCE = 15_000;

/**
 * Waits until a case has come to a state or to its end, and there accepts an event, where one is named.
 *
 * @throws DemoFailed where it has not within {@link PATIENCE}, or has ended otherwise.
 */
async function comesTo(
  client: AterkallaClient,
  request: string,
  expected: string,
  event?: string,
): Promise<CaseStatus> {
  for (const limit = Date.now() + PATIENCE; ; await pause(50)) {
    const status = await client.status(request);
    const state = status.outcome ?? status.state;
    if (state === expected && (event === undefined || status.accepts.includes(event))) return status;
    if (status.outcome !== null || Date.now() > limit) throw new DemoFailed(demoTexts.stuck(request, state, expected));
  }
}

const { manager, administrator, stays, leaves } = people;

async function removal(client: AterkallaClient, tell: Tell): Promise<CaseStatus> {
  tell(demoTexts.removal(stays.id));
  tell(demoTexts.preview(await client.preview(stays.id, undefined, manager)));
  const { request } = await client.remove(stays.id, { by: manager });
  tell(demoTexts.decided(manager, request));
  const waits = await comesTo(client, request, 'detaching');
  tell(demoTexts.ordered(waits.order?.number ?? '–'));
  tellWhoIsAsked(waits, tell);
  tell(demoTexts.refused(stays.id, await refusalOf(client.detached(request, [stays.assignment], { by: stays.id }))));
  await client.detached(request, [], { by: stays.detachedBy });
  await comesTo(client, request, 'removing');
  tell(demoTexts.detached(stays.detachedBy, [stays.assignment]));
  return removeAndConfirm(client, request, stays.id, tell);
}

async function leaver(client: AterkallaClient, tell: Tell): Promise<CaseStatus> {
  const today = dayOf(new Date().toISOString());
  tell(demoTexts.leaver(leaves.id));
  const { request } = await client.leaves(leaves.id, { by: manager, on: today });
  tell(demoTexts.leaves(manager, today, request));
  // An open removal would give way first: the task is there once the case takes it.
  tellWhoIsAsked(await comesTo(client, request, 'detaching', 'detached'), tell);
  for (const { id, detachedBy } of leaves.assignments) {
    await client.detached(request, [], { by: detachedBy });
    tell(demoTexts.detached(detachedBy, [id]));
  }
  await comesTo(client, request, 'removing');
  return removeAndConfirm(client, request, leaves.id, tell);
}

async function removeAndConfirm(client: AterkallaClient, request: string, employee: string, tell: Tell) {
  await client.removed(request, { by: administrator });
  tell(demoTexts.removed(administrator));
  const end = await comesTo(client, request, 'removed');
  tell(demoTexts.confirmed([manager, employee]));
  return end;
}

function tellWhoIsAsked({ waitingFor }: CaseStatus, tell: Tell): void {
  for (const { mayAct, assignments } of waitingFor) tell(demoTexts.waits(mayAct, assignments ?? []));
}

/** Why an act is refused. @throws DemoFailed where it is not. */
async function refusalOf(act: Promise<unknown>): Promise<Text> {
  try {
    await act;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'Refused') return error.text;
    throw error;
  }
  throw new DemoFailed(demoTexts.notRefused(stays.id));
}

/**
 * Runs the demo and tells it.
 *
 * @returns whether everything was as it must be. Nothing is left running, and no data folder behind.
 */
async function demo(language: Language): Promise<boolean> {
  const begun = performance.now();
  const say = (text: string) => console.log(text);
  const tell: Tell = (text) => say(text[language].startsWith('\n') ? text[language] : `   ${text[language]}`);
  const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-demo-'));
  const undo = createUndo();
  undo.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const system = createUndo();
  undo.add(() => system.run());
  endWhenTold(() => undo.run());
  try {
    say(demoTexts.title[language]);
    say(demoTexts.starting[language]);
    const settings = readSettings(ownSettings(dataDir));
    const before = await readRegisterFile(settings.registerFile);
    await startSystem(settings, { undo: system, say: (text) => console.error(text), isWithoutPortal: true });
    const client = await connect({ DATA_DIR: dataDir });
    system.add(() => client.close());
    const cases = { removal: await removal(client, tell), leaver: await leaver(client, tell) };
    // Ended first, so that what is read is what lies on disk.
    await system.run();
    tell(demoTexts.checking);
    return tellChecks(checks({ before, ...cases, ...(await readDataFolder(dataDir)) }), language, begun);
  } catch (error) {
    console.error(`${demoTexts.failed[language]}: ${wordsOf(error, language)}`);
    return false;
  } finally {
    await undo.run();
  }
}

function tellChecks(results: ReturnType<typeof checks>, language: Language, begun: number): boolean {
  for (const { name, isGood, expected, found } of results) {
    console.log(`   ${isGood ? '✓' : '✗'} ${name[language]}`);
    if (isGood) continue;
    console.log(`     ${demoTexts.expected[language]}: ${JSON.stringify(expected)}`);
    console.log(`     ${demoTexts.found[language]}: ${JSON.stringify(found)}`);
  }
  const bad = results.filter(({ isGood }) => !isGood).length;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const end = bad === 0 ? demoTexts.allGood(results.length, seconds) : demoTexts.notGood(bad, results.length);
  console.log(end[language]);
  return bad === 0;
}

/** Which register is shown may be chosen; everything else is the demo's own, so that nothing real is ever touched. */
function ownSettings(dataDir: string): NodeJS.ProcessEnv {
  const { REGISTER_FILE, REGISTER_MODE } = process.env;
  return {
    REGISTER_FILE,
    REGISTER_MODE,
    DATA_DIR: dataDir,
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
    PORTAL_PORT: '0',
  };
}

function endWhenTold(end: () => Promise<void>): void {
  const told = () => void end().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, told);
  watchParent(told);
}

function wordsOf(error: unknown, language: Language): string {
  if (error instanceof ClientError || error instanceof DemoFailed) return error.text[language];
  return error instanceof Error ? error.message : String(error);
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({ options: { lang: { type: 'string', default: 'sv' } }, strict: false });
  const { lang } = values;
  // All has ended; what the SDK's native part may still hold must not keep the process.
  if (lang === 'sv' || lang === 'en') process.exit((await demo(lang)) ? 0 : 1);
  else {
    console.error(`${demoTexts.usage.sv}\n${demoTexts.usage.en}`);
    process.exitCode = 2;
  }
}
