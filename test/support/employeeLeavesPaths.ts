import { addWorkingDays, dayOf } from '../../machines/calendar.ts';
import { leaverDetachingOpens, leaverRemovalOpens } from '../../machines/deadlines.ts';
import { type EmployeeLeavesContext, employeeLeavesMachine, isPastDeadline } from '../../machines/employeeLeaves.ts';
import { begin, iso, type Model } from './pathModel.ts';
import { rolesOf, shownAssignments } from './pathRegister.ts';
import {
  acts,
  all,
  daysPass,
  detachedByHand,
  disappears,
  isAbout,
  isIn,
  isOpen,
  isStarted,
  mood,
  rolesByHand,
  type Step,
  type Steps,
  timePasses,
} from './pathSteps.ts';

/**
 * What can happen when an employee leaves. 2002 has one assignment of each kind of work and is the last administrator of
 * an organisation; 1001's only assignment leaves another administrator; 1000 has no authorisation.
 */

const workingDaysAhead = (model: Model, days: number): string => dayOf(addWorkingDays(iso(model.now), days));

const starts = (employee: string, by: string, days: number, when: Step['when'] = isFree): Step => ({
  when: (model) => !isStarted(model) && when(model),
  inModel: (model) =>
    begin(model, {
      id: 'start',
      by,
      employee,
      lastWorkingDay: workingDaysAhead(model, days),
      request: `leaves-${employee}-000000`,
    }),
  async inWorld(run, after) {
    run.main = await run.world.leaves(employee, by, workingDaysAhead(after, days));
  },
});

const isFree = ({ openRemoval }: Model) => openRemoval === null;

const openRemoval: Step = {
  when: (model) => !isStarted(model) && isFree(model),
  inModel: (model) => ({ ...model, openRemoval: 'removal-SUS-1001-000000' }),
  async inWorld(run) {
    const removal = await run.world.remove('1001', '1000');
    run.others.push(removal);
    await run.world.inState(removal, 'detaching');
  },
};

const both = ['collaborationAdministrator', 'participantManager'];
const about = (employee: string) => all(isOpen, isAbout(employee));

const datesOf = (employee: string, by: string): Steps => ({
  [`${employee} leaves later`]: acts(
    'dateChanged',
    (model) => ({ by, lastWorkingDay: workingDaysAhead(model, 10) }),
    about(employee),
  ),
  [`${employee} leaves today`]: acts(
    'dateChanged',
    (model) => ({ by, lastWorkingDay: workingDaysAhead(model, 0) }),
    about(employee),
  ),
  [`${employee} stays`]: acts('stays', { by, reason: 'new plans' }, about(employee)),
});

const employeeLeavesSteps: Steps = {
  '2002 will leave in two weeks': starts('2002', '2000', 10),
  '2002 leaves at once': starts('2002', '2000', 0),
  'human resources say that 1001 leaves at once': starts('1001', '901', 0, () => true),
  'an auditor says that 1001 leaves': starts('1001', '902', 10),
  'somebody without an authorisation leaves': starts('1000', '900', 10),
  '1001 has an open removal': openRemoval,

  ...datesOf('2002', '2000'),
  ...datesOf('1001', '1000'),

  'the collaboration administrator detaches': acts('detached', { by: '1003', assignments: ['a1'] }, about('1001')),
  'the authorisation administration detaches from the organisation': acts(
    'detached',
    { by: '1009', assignments: ['a11'] },
    about('2002'),
  ),
  'the intervention manager detaches': acts('detached', { by: '2003', assignments: ['a10'] }, about('2002')),
  'the authorisation administration detaches past the deadline': acts(
    'detached',
    { by: '1010', assignments: ['a10'] },
    about('2002'),
  ),
  'the authorisation administration accepts what is stranded': acts(
    'strandedAccepted',
    { by: '1009', assignments: ['a10'], note: 'nobody answers' },
    about('2002'),
  ),
  'the authorisation administration removes': acts('removed', { by: '1009' }, isOpen),

  'the mail server refuses': mood('mail', 'refuses', isIn('removing')),
  'the mail server takes mails again': mood('mail', 'ok', isIn('confirming')),
  'somebody takes the authorisation of 2002 away in SUS': rolesByHand(
    '2002',
    [],
    isIn('scheduled', 'detaching', 'removing'),
  ),
  'somebody takes a role of 2002 away in SUS': rolesByHand(
    '2002',
    ['participantManager'],
    all(isIn('detaching'), (model) => shownAssignments(model.register, '2002').length === 2),
  ),
  'somebody gives the role back in SUS': rolesByHand(
    '2002',
    both,
    all(isIn('removing'), (model) => rolesOf(model.register, '2002').length > 0),
  ),
  'somebody detaches in SUS': detachedByHand('a10', all(isIn('detaching'), isAbout('2002'))),
  '1001 disappears from the register': disappears('1001', all(isIn('removing'), isAbout('1001'))),

  'time passes': timePasses,
  'days pass': daysPass(isIn('confirming')),
};

/** What matters of a leaver's case for what may happen next. */
function employeeLeavesKey(model: Model): string {
  const context: EmployeeLeavesContext | undefined = model.snapshot?.context;
  return JSON.stringify([
    model.snapshot?.value ?? null,
    context && [
      context.employee,
      context.begun,
      iso(model.now) >= leaverDetachingOpens(context.lastWorkingDay),
      iso(model.now) >= leaverRemovalOpens(context.lastWorkingDay),
      isPastDeadline(context, iso(model.now)),
      context.attached.map(({ id }) => id),
      context.stranded,
      context.facts.known,
      Object.keys(context.refusedSince),
    ],
    context && [
      rolesOf(model.register, context.employee),
      shownAssignments(model.register, context.employee).map(({ id }) => id),
      model.register.people.length,
    ],
    [model.mail, model.openRemoval !== null],
  ]);
}

export const employeeLeavesPaths = {
  machine: employeeLeavesMachine,
  steps: employeeLeavesSteps,
  key: employeeLeavesKey,
};
