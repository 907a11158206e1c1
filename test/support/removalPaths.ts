import { type RemovalContext, removalMachine } from '../../machines/removal.ts';
import { begin, isAtRest, type Model } from './pathModel.ts';
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
 * What can happen to a removal. 2002 has one assignment of each kind of work and is the last administrator of an
 * organisation; 1005 has none; 1000 has no authorisation.
 */

const starts = (
  employee: string,
  by: string,
  more: Record<string, unknown> = {},
  when: Step['when'] = ({ leaver }) => leaver === null,
): Step => ({
  when: (model) => !isStarted(model) && when(model),
  inModel: (model) =>
    begin(model, { id: 'start', by, employee, system: 'SUS', request: `removal-SUS-${employee}-000000`, ...more }),
  async inWorld(run) {
    run.main = await run.world.remove(employee, by, more);
  },
});

const TODAY_OR_BEFORE = '2024-01-02';

/** A leaver's process of the same person, whose work begins at once; a removal that is open gives way. */
const leaverBegins = (employee: string, by: string, when: Step['when']): Step => ({
  when: (model) => model.leaver === null && when(model),
  inModel: (model) => {
    const leaver = `leaves-${employee}-000000`;
    return isStarted(model)
      ? // The command comes from the leaver's process, which takes over by itself.
        acts('superseded', { by: leaver }, isOpen).inModel({ ...model, leaver })
      : { ...model, leaver };
  },
  async inWorld(run) {
    const leaver = await run.world.leaves(employee, by, TODAY_OR_BEFORE);
    run.others.push(leaver);
    await run.world.until(leaver, ({ atWork }) => atWork === true);
  },
});

const CANNOT_BE_OVERTAKEN = ['undoable', 'deciding', 'ordering', 'orderStopped', 'detaching', 'removing'];
const isUnderWay = isIn(...CANNOT_BE_OVERTAKEN);
const hasRoles = (employee: string) => (model: Model) => rolesOf(model.register, employee).length > 0;
const isHeld = (model: Model) => !isAtRest(model);
const both = ['collaborationAdministrator', 'participantManager'];

const removalSteps: Steps = {
  'the manager of 2002 decides': starts('2002', '2000', { acknowledged: ['last-administrator:af-fk-norr'] }),
  'the manager of 1005 orders with time to undo it': starts('1005', '1000', { undoFor: 60 }),
  '1005 proposes it': starts('1005', '1005'),
  'an auditor wants it': starts('1005', '902'),
  'a manager wants it for somebody without an authorisation': starts('1000', '900'),
  'the manager of 1005 decides while 1005 is leaving': starts('1005', '1000', {}, ({ leaver }) => leaver !== null),

  'the manager decides that it goes': acts('decided', { by: '1000', decision: 'remove' }, isAbout('1005')),
  'the manager decides that it stays': acts('decided', { by: '1000', decision: 'keep' }, isAbout('1005')),
  'the manager of 2002 decides anew': acts('decided', { by: '2000', decision: 'remove' }, isAbout('2002')),
  'the manager of 2002 decides that it stays': acts('decided', { by: '2000', decision: 'keep' }, isAbout('2002')),
  'the manager undoes it': acts('undone', { by: '1000' }, isAbout('1005')),
  'the manager withdraws': acts('withdrawn', { by: '1000', reason: 'needed' }, isAbout('1005')),
  'the manager of 2002 withdraws': acts('withdrawn', { by: '2000', reason: 'needed' }, isAbout('2002')),
  'the authorisation administration detaches from the organisation': acts(
    'detached',
    { by: '1009', assignments: ['a11'] },
    isAbout('2002'),
  ),
  'the intervention manager detaches': acts('detached', { by: '2003', assignments: ['a10'] }, isAbout('2002')),
  'the authorisation administration removes': acts('removed', { by: '1009' }, isOpen),
  'the authorisation administration returns the order': acts('returned', { by: '1010', reason: 'unclear' }, isOpen),

  'Min Support is away': mood(
    'minSupport',
    'away',
    (model) => !isStarted(model) || isIn('removing', 'orderStopped')(model),
  ),
  'Min Support refuses': mood('minSupport', 'refuses', isIn('ordering')),
  'Min Support is there again': mood(
    'minSupport',
    'ok',
    all(isStarted, (model) => isHeld(model) || isIn('orderStopped')(model)),
  ),
  'the mail server refuses': mood('mail', 'refuses', isIn('removing')),
  'the mail server takes mails again': mood('mail', 'ok', isIn('confirming')),

  'somebody takes the authorisation of 1005 away in SUS': rolesByHand('1005', [], isUnderWay),
  'somebody takes the authorisation of 2002 away in SUS': rolesByHand('2002', [], isUnderWay),
  'somebody takes a role of 2002 away in SUS': rolesByHand(
    '2002',
    ['participantManager'],
    all(isIn('detaching'), (model) => shownAssignments(model.register, '2002').length === 2),
  ),
  'somebody gives the role back in SUS': rolesByHand('2002', both, all(isIn('removing'), hasRoles('2002'))),
  'somebody detaches in SUS': detachedByHand('a10', isIn('detaching')),
  '1005 disappears from the register': disappears('1005', isIn('removing')),

  '1005 leaves at once': leaverBegins('1005', '1000', (model) =>
    isStarted(model) ? all(isAbout('1005'), isUnderWay, hasRoles('1005'))(model) : model.minSupport === 'ok',
  ),
  '2002 leaves at once': leaverBegins('2002', '2000', all(isAbout('2002'), isIn('detaching'), hasRoles('2002'))),

  'time passes': timePasses,
  'days pass': daysPass(isIn('confirming')),
};

/** What matters of a removal for what may happen next. */
function removalKey(model: Model): string {
  const context: RemovalContext | undefined = model.snapshot?.context;
  return JSON.stringify([
    model.snapshot?.value ?? null,
    context && [
      context.employee,
      context.decision !== null,
      context.ending,
      context.toCancel.length > 0,
      context.attached.map(({ id }) => id),
      context.facts.known,
      Object.keys(context.refusedSince),
    ],
    context && [
      rolesOf(model.register, context.employee),
      shownAssignments(model.register, context.employee).map(({ id }) => id),
      model.register.people.length,
    ],
    [model.minSupport, model.mail, model.leaver !== null],
  ]);
}

export const removalPaths = { machine: removalMachine, steps: removalSteps, key: removalKey };
