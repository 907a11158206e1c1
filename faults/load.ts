import { setTimeout as pause } from 'node:timers/promises';
import { type Client, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { Answer, CaseStatus } from '../activities/caseStatus.ts';
import { findCase } from '../activities/findCase.ts';
import { type AterkallaClient, ClientError } from '../client.ts';
import { dayOf } from '../machines/calendar.ts';
import { commandIdOf } from '../portal/acting.ts';
import type { Act, Ledger, Request } from './ledger.ts';
import type { Employee, Office } from './office.ts';
import { UNDO_SECONDS } from './portal.ts';
import type { Accepted, Form, PortalPeople } from './portalPeople.ts';
import { createRandom, type Random } from './random.ts';

/**
 * The people of the office at work: removals, leavers and withdrawals, several people at once, through the portal, or
 * through the client, by Updates and by Signals. Whoever gets no answer tries again with the same id, as people do; what
 * they were answered is in the ledger.
 */

export type Load = {
  office: Office;
  /** For the client's own ways. */
  people: AterkallaClient;
  portal: PortalPeople;
  /** For plain Updates and Signals. */
  temporal: Client;
  ledger: Ledger;
  /** How often Signals were doubled and shuffled. */
  signals: { doubled: number; shuffled: number };
  /** Until when people try. */
  giveUp: AbortSignal;
};

type Payload = {
  by: string;
  assignments?: string[];
  reason?: string;
  lastWorkingDay?: string;
  acknowledged?: string[];
} & {
  decision?: 'remove' | 'keep';
};

/** How one employee's matter is to go. */
type Plan = {
  kind: 'removal' | 'leaver' | 'removalThenLeaver';
  /** All forms are sent in the portal. */
  throughPortal: boolean;
  startedBy: 'decider' | 'proposer';
  /** What the manager decides where it was proposed. */
  decides: 'remove' | 'keep';
  /** Roles that go; all where there are none. */
  roles?: string[];
  /** Withdraws in this state or a later one; for a leaver: says that the person stays. */
  withdrawsIn: string | null;
  /** Undoes an order from the portal, if there is still time. */
  undoes: boolean;
  /** The authorisation administration sends it back once. */
  returns: boolean;
  /** Signals come before their time, in any order, and twice. */
  shuffles: boolean;
  /** Somebody else wants the same at the same moment. */
  twoAtOnce: boolean;
  /** A withdrawn one is asked for anew. */
  again: boolean;
};

function planOf(employee: Employee, random: Random): Plan {
  const kind = random.chance(0.65) ? 'removal' : random.chance(0.6) ? 'leaver' : 'removalThenLeaver';
  const [one] = random.shuffled(employee.roles);
  return {
    kind,
    throughPortal: random.chance(0.5),
    startedBy: random.chance(0.7) ? 'decider' : 'proposer',
    decides: random.chance(0.75) ? 'remove' : 'keep',
    ...(one !== undefined && employee.roles.length > 1 && random.chance(0.4) ? { roles: [one] } : {}),
    withdrawsIn: random.chance(0.25) ? random.oneOf(['deciding', 'ordering', 'detaching', 'removing']) : null,
    undoes: random.chance(0.5),
    returns: random.chance(0.15),
    shuffles: random.chance(0.3),
    twoAtOnce: random.chance(0.3),
    again: random.chance(0.5),
  };
}

/** One employee's matter from the start to where nobody has anything to do any more. */
export async function play(load: Load, employee: Employee, seed: number): Promise<void> {
  const random = createRandom(seed);
  const plan = planOf(employee, random);
  const story = new Story(load, employee, plan, random);
  await begun(story, plan, random);
  await story.sendFormsAgain();
}

async function begun(story: Story, plan: Plan, random: Random): Promise<void> {
  if (plan.kind === 'leaver') return story.leaver();
  const removal = story.removal(plan);
  if (plan.kind === 'removalThenLeaver') {
    await pause(random.between(0, 4000));
    await Promise.all([removal, story.leaver()]);
    return;
  }
  const withdrawn = await removal;
  if (withdrawn && plan.again) await story.removal({ ...plan, withdrawsIn: null, undoes: false });
}

class Story {
  #load: Load;
  #employee: Employee;
  #plan: Plan;
  #random: Random;
  #ids = 0;
  #handles = new Map<string, WorkflowHandle>();
  #accepted: Accepted[] = [];

  constructor(load: Load, employee: Employee, plan: Plan, random: Random) {
    this.#load = load;
    this.#employee = employee;
    this.#plan = plan;
    this.#random = random;
  }

  #newId = () => `${this.#employee.id}-${++this.#ids}`;
  #decider = () => this.#random.oneOf([this.#employee.manager, this.#employee.deputy]);

  /** @returns whether it was withdrawn. */
  async removal(plan: Plan): Promise<boolean> {
    const { startedBy } = plan;
    const proposers = [this.#employee.id, ...this.#load.office.authorisationAdministration];
    const by = startedBy === 'decider' ? this.#decider() : this.#random.oneOf(proposers);
    const starts = [this.#start('removal', by)];
    if (plan.twoAtOnce) starts.push(this.#start('removal', this.#decider()));
    const requests = (await Promise.all(starts)).filter(({ answer }) => answer === 'acknowledged');
    const withdrawn = await Promise.all(requests.map((request) => this.#followRemoval(request, plan)));
    return withdrawn.some(Boolean);
  }

  async leaver(): Promise<void> {
    const by = this.#random.oneOf([this.#employee.manager, this.#employee.deputy, 'hr0']);
    const request = await this.#start('employeeLeaves', by);
    if (request.answer === 'acknowledged') await this.#followLeaver(request);
  }

  async #followRemoval(request: Request, plan: Plan): Promise<boolean> {
    const { withdrawsIn, shuffles } = plan;
    const order = ['deciding', 'undoable', 'ordering', 'orderStopped', 'detaching', 'removing'];
    let returned = false;
    let shuffled = false;
    let withdrawn = false;
    await this.#follow(request, async ({ state, waitingFor }) => {
      if (withdrawn || state === 'confirming' || state === 'cancelling') return 'done';
      if (withdrawsIn && order.indexOf(state) >= order.indexOf(withdrawsIn)) {
        withdrawn = await this.#say(request, 'withdrawn', { by: this.#decider(), reason: 'still needed' });
        return 'again';
      }
      if (state === 'undoable' && plan.undoes) {
        withdrawn = await this.#say(request, 'undone', { by: this.#decider() });
        return 'again';
      }
      if (shuffles && !shuffled && (state === 'ordering' || state === 'detaching')) {
        shuffled = true;
        await this.#shuffled(request);
        return 'again';
      }
      if (state === 'deciding' || state === 'orderStopped') {
        const decision = returned ? 'remove' : plan.decides;
        const { warnings } = this.#employee;
        await this.#say(request, 'decided', { by: this.#decider(), decision, acknowledged: warnings });
      } else if (state === 'detaching') await this.#detach(request, waitingFor);
      else if (state === 'removing') {
        const [one, other] = this.#random.shuffled(this.#load.office.authorisationAdministration);
        if (plan.returns && !returned)
          returned = await this.#say(request, 'returned', { by: one ?? '', reason: 'which role is meant?' });
        else await this.#both('removed', request, [{ by: one ?? '' }, { by: other ?? '' }]);
      }
      return 'again';
    });
    return withdrawn;
  }

  async #followLeaver(request: Request): Promise<void> {
    let moved = !this.#random.chance(0.2);
    await this.#follow(request, async ({ state, accepts, waitingFor }) => {
      if (state === 'confirming') return 'done';
      if (this.#plan.withdrawsIn === state && accepts.includes('stays')) {
        await this.#say(request, 'stays', { by: this.#decider(), reason: 'stays after all' });
      } else if (!moved && accepts.includes('dateChanged')) {
        moved = true;
        for (const lastWorkingDay of ['2099-12-30', today()])
          await this.#say(request, 'dateChanged', { by: this.#employee.manager, lastWorkingDay });
      } else if (state === 'scheduled' && accepts.includes('dateChanged') && this.#random.chance(0.1)) {
        // Somebody else's move back may have been refused.
        await this.#say(request, 'dateChanged', { by: this.#employee.manager, lastWorkingDay: today() });
      } else if (state === 'detaching' && accepts.includes('detached')) await this.#detach(request, waitingFor);
      else if (state === 'removing') {
        const [one, other] = this.#random.shuffled(this.#load.office.authorisationAdministration);
        await this.#both('removed', request, [{ by: one ?? '' }, { by: other ?? '' }]);
      }
      return 'again';
    });
  }

  /** Looks at a case again and again, and does what there is to do. */
  async #follow(request: Request, next: (status: CaseStatus) => Promise<'again' | 'done'>): Promise<void> {
    while (!this.#load.giveUp.aborted) {
      await pause(this.#random.between(300, 1500));
      const status = await this.#look(request);
      if (status === null) continue;
      if (status.outcome !== null || (await next(status)) === 'done') return;
    }
  }

  async #look({ request }: Request): Promise<CaseStatus | null> {
    try {
      return await this.#load.people.status(request ?? '');
    } catch (error) {
      this.#mustBeAway(error, `status of ${request}`);
      return null;
    }
  }

  async #detach(request: Request, waitingFor: CaseStatus['waitingFor']): Promise<void> {
    const tasks = waitingFor.filter(({ task }) => task === 'detach');
    await Promise.all(
      tasks.map(({ mayAct, assignments = [] }) => {
        const [one, other] = this.#random.shuffled(mayAct);
        if (one === undefined) return false;
        return this.#both(
          'detached',
          request,
          [one, other ?? one].map((by) => ({ by, assignments })),
        );
      }),
    );
  }

  /** Where two are at it at once: both say the same at the same moment. */
  async #both(name: string, request: Request, [one, other]: [Payload, Payload] | Payload[]): Promise<void> {
    const acts = this.#plan.twoAtOnce ? [one, other] : [one];
    await Promise.all(acts.map((payload) => payload && this.#say(request, name, payload)));
  }

  async #start(process: Request['process'], by: string): Promise<Request> {
    const { people, ledger, giveUp } = this.#load;
    const { id: employee, warnings } = this.#employee;
    const { roles, throughPortal } = this.#plan;
    const id = this.#newId();
    const request: Request = {
      id: throughPortal ? commandIdOf(by, id) : id,
      process,
      employee,
      by,
      throughPortal,
      undoFor: throughPortal && process === 'removal' ? UNDO_SECONDS : 0,
      request: null,
      answer: 'unknown',
      acts: [],
    };
    ledger.requests.push(request);
    const who = { by, id };
    const order = { acknowledged: warnings, ...(roles && { roles }) };
    const start = () => {
      if (process === 'removal')
        return throughPortal
          ? this.#send({ person: by, path: '/api/removals', body: { id, employee, ...order } })
          : people.remove(employee, { ...who, ...order });
      return throughPortal
        ? this.#send({ person: by, path: '/api/leavers', body: { id, employee, lastWorkingDay: today() } })
        : people.leaves(employee, { ...who, on: today() });
    };
    while (!giveUp.aborted) {
      try {
        const answer = await start();
        request.request = answer.request;
        request.answer = 'acknowledged';
        return request;
      } catch (error) {
        if (error instanceof ClientError && error.exit === 3) {
          request.answer = 'refused';
          if (error.code !== 'AlreadyOpen' && error.code !== 'Refused') this.#mustBeAway(error, `start ${request.id}`);
          return request;
        }
        this.#mustBeAway(error, `start ${request.id}`);
        await pause(this.#random.between(200, 1000));
      }
    }
    return request;
  }

  /** Says something until it is answered. @returns whether the answer was yes. */
  async #say(request: Request, name: string, payload: Payload): Promise<boolean> {
    const { throughPortal } = this.#plan;
    const { by, ...more } = payload;
    const id = this.#newId();
    const act: Act = { id: throughPortal ? commandIdOf(by, id) : id, name, by, throughPortal, answer: 'unknown' };
    request.acts.push(act);
    const full = { id, ...payload };
    let way = throughPortal ? 'portal' : this.#random.oneOf(['client', 'client', 'update', 'signal'] as const);
    while (!this.#load.giveUp.aborted) {
      try {
        if (way === 'portal')
          await this.#send({ person: by, path: `/api/cases/${request.request}/${name}`, body: { id, ...more } });
        else if (way === 'client') await this.#throughClient(request, name, full);
        else if (way === 'update') await this.#update(request, name, full);
        else {
          await this.#signal(request, name, full, this.#random.chance(0.5));
          act.answer = 'delivered';
          return true;
        }
        act.answer = 'acknowledged';
        return true;
      } catch (error) {
        if (way === 'signal' && error instanceof WorkflowNotFoundError) return false;
        // Whoever has nothing to detach there any more may not know of the case.
        if (isRefusal(error) || (way === 'portal' && name === 'detached' && isHidden(error))) {
          act.answer = 'refused';
          return false;
        }
        // What an Update that failed otherwise may mean the client knows: it asks the case.
        if (way === 'update') way = 'client';
        else if (way === 'client' || way === 'portal')
          this.#mustBeAway(error, `${name} ${act.id} on ${request.request}`);
        await pause(this.#random.between(200, 1000));
      }
    }
    return false;
  }

  /** Sends a form, with a doubled click now and then, and remembers it where it is accepted. */
  async #send(form: Form): Promise<Answer> {
    const { portal } = this.#load;
    const answer = await portal.send(form, this.#random.chance(0.25));
    this.#accepted.push({ form, answer, kills: portal.kills });
    return answer;
  }

  /** Somebody goes back in the browser and sends again what was accepted long ago: it must be answered as then. */
  async sendFormsAgain(): Promise<void> {
    const { portal, giveUp } = this.#load;
    for (const accepted of this.#accepted.filter(() => this.#random.chance(0.4)))
      for (let isOver = false; !isOver && !giveUp.aborted; ) {
        try {
          await portal.sendAgain(accepted);
          isOver = true;
        } catch (error) {
          isOver = !isAway(error);
          this.#mustBeAway(error, `${accepted.form.path} ${accepted.form.body.id} again`);
          await pause(this.#random.between(200, 1000));
        }
      }
  }

  #throughClient({ request }: Request, name: string, { id, by, ...more }: Payload & { id: string }): Promise<unknown> {
    const { people } = this.#load;
    const { reason = '', lastWorkingDay = '', assignments = [], decision = '', acknowledged } = more;
    const who = { by, id };
    const to = request ?? '';
    switch (name) {
      case 'decided':
        return people.decide(to, decision, { ...who, acknowledged });
      case 'detached':
        return people.detached(to, assignments, who);
      case 'removed':
        return people.removed(to, who);
      case 'returned':
        return people.returned(to, { ...who, reason });
      case 'withdrawn':
        return people.withdraw(to, { ...who, reason });
      case 'dateChanged':
        return people.changeDate(to, { ...who, on: lastWorkingDay });
      case 'stays':
        return people.stays(to, { ...who, reason });
      default:
        throw new Error(`nobody knows how to say ${name}`);
    }
  }

  /** The case itself, not a later one of the same employee. */
  async #handle({ request }: Request): Promise<WorkflowHandle> {
    const { temporal } = this.#load;
    const known = this.#handles.get(request ?? '');
    if (known) return known;
    const found = await findCase(temporal, request ?? '');
    if (!found) throw new Error(`${request} is not there`);
    const handle = temporal.workflow.getHandle(found.workflowId, found.runId);
    this.#handles.set(found.request, handle);
    return handle;
  }

  async #update(request: Request, name: string, payload: Payload & { id: string }): Promise<unknown> {
    const { temporal } = this.#load;
    const handle = await this.#handle(request);
    return temporal.withDeadline(Date.now() + 20_000, () =>
      handle.executeUpdate(name, { args: [payload], updateId: payload.id }),
    );
  }

  async #signal(request: Request, name: string, payload: Payload & { id: string }, doubled: boolean) {
    const { signals } = this.#load;
    const handle = await this.#handle(request);
    await handle.signal(name, payload);
    if (!doubled) return;
    signals.doubled++;
    // The first one counts; the second may come too late for a case that has ended with it.
    await handle.signal(name, payload).catch(() => {});
  }

  /** Detached and removed, sent before their time and in any order, some of them twice. */
  async #shuffled(request: Request): Promise<void> {
    const { office, signals } = this.#load;
    const acts: [string, Payload][] = [['removed', { by: this.#random.oneOf(office.authorisationAdministration) }]];
    for (const { id, role, organisation } of this.#employee.assignments) {
      const others =
        organisation === `own-${this.#employee.id}`
          ? office.authorisationAdministration
          : role === 'participantManager'
            ? office.interventionManagers
            : office.collaborationAdministrators;
      acts.push(['detached', { by: this.#random.oneOf(others), assignments: [id] }]);
    }
    signals.shuffled++;
    for (const [name, payload] of this.#random.shuffled(acts)) {
      const act: Act = { id: this.#newId(), name, by: payload.by, throughPortal: false, answer: 'unknown' };
      request.acts.push(act);
      try {
        await this.#signal(request, name, { id: act.id, ...payload }, this.#random.chance(0.5));
        act.answer = 'delivered';
      } catch {
        // Whether it got through is not known, and nobody waits for it.
      }
    }
  }

  /** Whatever else people are answered while everything fails about them, it is wrong. */
  #mustBeAway(error: unknown, about: string): void {
    if (isAway(error)) return;
    const what = error instanceof ClientError ? `${error.code}: ${error.message}` : String(error);
    const { odd } = this.#load.ledger;
    if (odd.length < 20) odd.push(`${about}: ${what}`);
  }
}

const today = () => dayOf(new Date().toISOString());

const isAway = (error: unknown) => error instanceof ClientError && (error.exit === 5 || error.exit === 6);
const isHidden = (error: unknown) => error instanceof ClientError && error.code === 'NotFound';

const REFUSALS = ['NotAccepted', 'Refused', 'InvalidInput'];

function isRefusal(error: unknown): boolean {
  if (error instanceof ClientError) return error.exit === 3;
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause instanceof ApplicationFailure && REFUSALS.includes(cause.type ?? '');
}
