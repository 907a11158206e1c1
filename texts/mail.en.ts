import type { TaskName } from '../machines/sources.ts';
import {
  command,
  dayAndTime,
  employeeIn,
  isLeaver,
  isOwn,
  list,
  type MailText,
  type MailView,
  warningParts,
} from './mailView.ts';

/** The mails in English: plain, and exact about what, whose, by when, and how. */

const ROLES: Record<string, string> = {
  collaborationAdministrator: 'collaboration administrator',
  interventionManager: 'intervention manager',
  participantManager: 'participant manager',
};
const roleName = (role: string) => ROLES[role] ?? role;
const rolesIn = ({ about }: MailView) =>
  about.roles.length === 0 ? 'the whole authorisation' : about.roles.map(roleName).join(', ');

const assignmentLines = (view: MailView) =>
  list(
    view.assignments.map(({ id, role, organisation, form, intervention }) => {
      if (role === undefined) return `assignment ${id}`;
      const where = intervention
        ? `intervention ${intervention} of ${organisation}`
        : `collaboration organisation ${organisation}`;
      const kind = form === 'af-fk' ? 'Arbetsförmedlingen and Försäkringskassan' : 'Finsam';
      return `assignment ${id}: ${roleName(role)} in ${where} (${kind})`;
    }),
  );

const warningLine = (id: string): string => {
  const { kind, where } = warningParts(id);
  if (kind === 'last-administrator')
    return `collaboration organisation ${where} is left without a collaboration administrator`;
  if (kind === 'last-manager') return `intervention ${where} is left without an intervention manager`;
  if (kind === 'combined-roles')
    return 'collaboration administrator and participant manager must not be held by the same person';
  return id;
};

const TASKS: Record<TaskName, string> = {
  decide: 'decision on the authorisation',
  detach: 'assignments to detach',
  remove: 'authorisation to remove',
  orderAgain: 'the order is stopped',
};

const dueLine = ({ about }: MailView): string[] => {
  if (about.due === undefined) return [];
  const { day, time } = dayAndTime(about.due, 'en-GB');
  return [`It must be done by ${day} at ${time}, Swedish time.`];
};

const reasonLine = ({ about }: MailView, label: string): string[] =>
  about.reason === undefined ? [] : [`${label}\n${about.reason}`];

/** What is to be done, and how: one for each task. */
function howTo(view: MailView): string[] {
  const who = employeeIn(view);
  switch (view.about.task) {
    case 'decide':
      return [
        `The SUS authorisation of ${who} waits for the responsible manager's decision: ${rolesIn(view)}. Nobody should have more authorisation than the work needs.`,
        `Remove it:\n${command(view, 'decide', 'remove')}\nKeep it:\n${command(view, 'decide', 'keep')}`,
        `Warnings, if any, are shown here, and acknowledged in the decision with --acknowledge WARNING:\n    npx aterkalla preview ${view.about.employee}${view.reader === null ? '' : ` --as ${view.reader}`}`,
      ];
    case 'detach':
      return [
        `These assignments of ${who} must be detached in SUS before the authorisation can be removed:`,
        assignmentLines(view),
        `Detach them in SUS, then say so:\n${command(view, 'detached', view.assignments.map(({ id }) => id).join(' '))}`,
      ];
    case 'remove':
      return [
        `The SUS authorisation of ${who} is to be removed by the authorisation administration: ${rolesIn(view)}. Its assignments have been dealt with.`,
        ...(view.assignments.length > 0 ? [`Assignments that are still there:\n${assignmentLines(view)}`] : []),
        `Remove it in SUS, then say so:\n${command(view, 'removed')}`,
        ...(isLeaver(view)
          ? []
          : [`If the order cannot be carried out, send it back:\n${command(view, 'return', '--reason "…"')}`]),
      ];
    case 'orderAgain':
      return [
        `Min Support has stopped the order on form 9460 for the SUS authorisation of ${who} (${rolesIn(view)}).`,
        `Order again:\n${command(view, 'decide', 'remove')}\nOr take it back:\n${command(view, 'withdraw', '--reason "…"')}`,
      ];
    default:
      return [`The case about the SUS authorisation of ${who} is waiting: ${rolesIn(view)}.`];
  }
}

function confirmation(view: MailView): MailText {
  const { employee } = view.about;
  const stranded =
    view.assignments.length > 0
      ? [
          `These assignments were not detached in time and are stranded, that is, still in SUS but out of reach:\n${assignmentLines(view)}`,
        ]
      : [];
  if (isOwn(view))
    return {
      subject: `Confirmation: your SUS authorisation has been removed (${employee})`,
      paragraphs: [
        'Hello,',
        `Your authorisation in SUS has now been removed: ${rolesIn(view)}. There is nothing that you need to do.`,
        ...(isLeaver(view) ? ['It was removed because your employment ends (process 2010:01).'] : []),
        'If you wonder why, ask your manager.',
      ],
    };
  return {
    subject: `Confirmation: the SUS authorisation of ${employee} has been removed`,
    paragraphs: [
      'Hello,',
      `The SUS authorisation of ${employeeIn(view)} has now been removed: ${rolesIn(view)}. The register shows that it is gone.`,
      isLeaver(view)
        ? 'It was removed because the employment ends (process 2010:01).'
        : 'It was removed according to your decision and your order on form 9460.',
      ...stranded,
      'There is nothing more that you need to do.',
    ],
  };
}

function occasionText(view: MailView): MailText {
  const { about } = view;
  const who = employeeIn(view);
  const task = about.task === undefined ? 'the case is waiting' : TASKS[about.task];
  switch (about.occasion) {
    case 'confirmation':
      return confirmation(view);
    case 'reminder':
      return {
        subject: `Reminder${about.time && about.time > 1 ? ` ${about.time}` : ''}: ${task} (${about.employee})`,
        paragraphs: ['Hello,', ...howTo(view), ...dueLine(view), ...reasonLine(view, 'Worth knowing:')],
      };
    case 'escalation':
      return {
        subject: `Has waited too long: ${task} (${about.employee})`,
        paragraphs: [
          'Hello,',
          'You get this mail because nobody has done it in time. Please see to it that somebody who may do it does.',
          ...howTo({ ...view, reader: null }),
          ...dueLine(view),
          ...reasonLine(view, 'Worth knowing:'),
        ],
      };
    case 'orderStopped':
      return {
        subject: `The order is stopped (${about.employee})`,
        paragraphs: [
          'Hello,',
          ...howTo({ ...view, about: { ...about, task: 'orderAgain' } }),
          ...reasonLine(view, 'Min Support answered:'),
          'Nothing has been removed. The responsible manager says how to go on.',
          ...dueLine(view),
        ],
      };
    case 'returned':
      return {
        subject: `The order came back (${about.employee})`,
        paragraphs: [
          'Hello,',
          `The authorisation administration has sent back the order for the SUS authorisation of ${who}: ${rolesIn(view)}. It has not been removed.`,
          ...reasonLine(view, 'They wrote:'),
          `Decide again:\n${command(view, 'decide', 'remove')}\nOr keep the authorisation:\n${command(view, 'decide', 'keep')}`,
          ...dueLine(view),
        ],
      };
    case 'warnings':
      return {
        subject: `To bear in mind when an authorisation goes (${about.employee})`,
        paragraphs: [
          'Hello,',
          isLeaver(view)
            ? `${who} leaves, and the SUS authorisation is removed: ${rolesIn(view)}. That means:`
            : `The SUS authorisation of ${who} is to be removed: ${rolesIn(view)}. That means:`,
          list((about.warnings ?? []).map(warningLine)),
          'It holds nothing up, but please see to it that somebody else takes over.',
          ...dueLine(view),
        ],
      };
    case 'mailRefused':
      return {
        subject: `A mail could not be delivered (${about.employee})`,
        paragraphs: [
          'Hello,',
          `A mail in the case about the SUS authorisation of ${who} could not be delivered.`,
          ...reasonLine(view, 'Could not be reached:'),
          'Correct the address in the register, and tell the one who should have had the mail how it went:',
          command(view, 'status'),
        ],
      };
  }
}

/** @returns the whole mail in English. */
export function mailInEnglish(view: MailView): MailText {
  const { subject, paragraphs } = occasionText(view);
  return {
    subject,
    paragraphs: [
      ...paragraphs,
      `Request number: ${view.about.request}\nWhere the case stands:\n${command(view, 'status')}`,
      "Do you need help? Call the authorisation administration's helpdesk, extension 81 000, choice 2.",
      'Återkalla sends this mail by itself; it cannot be answered.',
    ],
  };
}
