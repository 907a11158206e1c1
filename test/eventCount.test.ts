import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requestNumber } from '../machines/requestNumber.ts';
import { readSettings } from '../settings.ts';
import { type System, startSystem } from '../start.ts';
import { type Cost, compared, costOf } from './support/history.ts';

/** What following a statechart costs, held against the same steps written by hand, on the same server and worker. */

const count = suite<{ system?: System }>('the events of a removal');
const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-events-'));
/** Whether two mails that end at nearly the same time make one workflow task or two is chance: so several rounds. */
const ROUNDS = 5;

count.before(async (context) => {
  const registerFile = join(dataDir, 'register.json');
  writeFileSync(registerFile, JSON.stringify(register()));
  const env = { DATA_DIR: dataDir, TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', REGISTER_FILE: registerFile };
  const workflowsPath = new URL('../bench/handwritten.ts', import.meta.url).pathname;
  context.system = await startSystem(readSettings(env), { workflowsPath });
});
count.after(async ({ system }) => {
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** An employee for each removal, all collaboration administrators of one organisation, and who acts. */
function register() {
  const employees = ['removal', 'handwritten'].flatMap((type) =>
    Array.from({ length: ROUNDS }, (_, round) => `${type}${round}`),
  );
  const role = 'collaborationAdministrator';
  const holders = ['other', ...employees];
  const person = (id: string, manager: string | null = 'boss') => ({
    id,
    name: id,
    email: `${id}@example.org`,
    manager,
  });
  return {
    people: [
      person('boss', null),
      { ...person('admin'), functions: ['authorisationAdministration'] },
      ...holders.map((id) => person(id)),
    ],
    organisations: [{ id: 'o', name: 'o', form: 'finsam' }],
    authorisations: holders.map((id) => ({ person: id, system: 'SUS', roles: [role] })),
    assignments: holders.map((id) => ({ id: `a-${id}`, person: id, role, organisation: 'o', intervention: null })),
  };
}

const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });

/** One removal with one detaching part, from the decision to the end. */
async function removeOne({ client }: System, type: 'removal' | 'handwritten', round: number): Promise<Cost> {
  const employee = `${type}${round}`;
  const workflowId = `removal-SUS-${employee}`;
  const id = `${employee}-start`;
  const handle: WorkflowHandle = await client.workflow.start(type, {
    workflowId,
    taskQueue: 'aterkalla',
    args: [{ id, by: 'boss', employee, system: 'SUS' }],
    memo: { request: requestNumber(workflowId, id) },
    typedSearchAttributes: [
      keyword('Request', requestNumber(workflowId, id)),
      keyword('Employee', employee),
      keyword('Process', 'removal'),
      keyword('Manager', 'boss'),
    ],
    staticSummary: `Removal of the SUS authorisation of employee ${employee}`,
  });
  await inState(handle, 'detaching');
  const act = (name: string, payload: object) => handle.executeUpdate(name, { args: [payload] });
  await act('detached', { id: `${employee}-d`, by: 'other', assignments: [`a-${employee}`] });
  await act('removed', { id: `${employee}-r`, by: 'admin' });
  const { state } = await handle.result();
  assert.is(state, 'removed');
  return costOf(handle);
}

async function inState(handle: WorkflowHandle, expected: string): Promise<void> {
  for (const limit = Date.now() + 20_000; ; ) {
    const { state } = await handle.query<{ state: string }>('status');
    if (state === expected) return;
    if (Date.now() > limit) throw new Error(`${handle.workflowId} is ${state} after 20 s, not ${expected}`);
  }
}

count('are at most two more than those of the same steps by hand, rights checks included', async ({ system }) => {
  assert.ok(system);
  const ours: Cost[] = [];
  const byHand: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await removeOne(system, 'removal', round));
    byHand.push(await removeOne(system, 'handwritten', round));
  }
  const [one, other] = [luckiest(ours), luckiest(byHand)];
  console.log(`\n${compared(['statechart', 'by hand'], [one, other])}`);
  console.log(`events in each round: ${ours.map(({ events }) => events)} and ${byHand.map(({ events }) => events)}`);
  assert.is(other.byType.MarkerRecorded, 5, 'by hand, too: a first look, and for each act the rights and the work');
  assert.ok(one.events - other.events <= 2, `${one.events} events, by hand ${other.events}`);
});

/** The round with the fewest events: the one in which both mails ended in one task. */
function luckiest(costs: Cost[]): Cost {
  const [first] = costs.toSorted((a, b) => a.events - b.events);
  assert.ok(first);
  return first;
}

count.run();
