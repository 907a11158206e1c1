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

/** The mails in Swedish: plain, and exact about what, whose, by when, and how. */

const ROLES: Record<string, string> = {
  collaborationAdministrator: 'samverkansadministratör',
  interventionManager: 'insatsansvarig',
  participantManager: 'deltagaransvarig',
};
const roleName = (role: string) => ROLES[role] ?? role;
const rolesIn = ({ about }: MailView) =>
  about.roles.length === 0 ? 'hela behörigheten' : about.roles.map(roleName).join(', ');

const assignmentLines = (view: MailView) =>
  list(
    view.assignments.map(({ id, role, organisation, form, intervention }) => {
      if (role === undefined) return `uppdrag ${id}`;
      const where = intervention
        ? `insatsen ${intervention} i ${organisation}`
        : `samverkansorganisationen ${organisation}`;
      const kind = form === 'af-fk' ? 'Arbetsförmedlingen och Försäkringskassan' : 'Finsam';
      return `uppdrag ${id}: ${roleName(role)} i ${where} (${kind})`;
    }),
  );

const warningLine = (id: string): string => {
  const { kind, where } = warningParts(id);
  if (kind === 'last-administrator') return `samverkansorganisationen ${where} blir utan samverkansadministratör`;
  if (kind === 'last-manager') return `insatsen ${where} blir utan insatsansvarig`;
  if (kind === 'combined-roles') return 'samverkansadministratör och deltagaransvarig får inte innehas av samma person';
  return id;
};

const TASKS: Record<TaskName, string> = {
  decide: 'beslut om behörigheten',
  detach: 'uppdrag att ta bort',
  remove: 'behörighet att ta bort',
  orderAgain: 'beställningen är stoppad',
};

const dueLine = ({ about }: MailView): string[] => {
  if (about.due === undefined) return [];
  const { day, time } = dayAndTime(about.due, 'sv-SE');
  return [`Det ska vara gjort senast ${day} klockan ${time}.`];
};

const reasonLine = ({ about }: MailView, label: string): string[] =>
  about.reason === undefined ? [] : [`${label}\n${about.reason}`];

/** What is to be done, and how: one for each task. */
function howTo(view: MailView): string[] {
  const who = employeeIn(view);
  switch (view.about.task) {
    case 'decide':
      return [
        `SUS-behörigheten för ${who} väntar på ansvarig chefs beslut: ${rolesIn(view)}. Ingen ska ha mer behörighet än arbetet kräver.`,
        `Ta bort:\n${command(view, 'decide', 'remove')}\nBehåll:\n${command(view, 'decide', 'keep')}`,
        `Finns det varningar visas de här, och kvitteras i beslutet med --acknowledge VARNING:\n    npx aterkalla preview ${view.about.employee}${view.reader === null ? '' : ` --as ${view.reader}`}`,
      ];
    case 'detach':
      return [
        `De här uppdragen som ${who} har ska tas bort i SUS innan behörigheten kan tas bort:`,
        assignmentLines(view),
        `Ta bort dem i SUS och säg sedan till:\n${command(view, 'detached', view.assignments.map(({ id }) => id).join(' '))}`,
      ];
    case 'remove':
      return [
        `SUS-behörigheten för ${who} ska tas bort av behörighetsadministrationen: ${rolesIn(view)}. Uppdragen är redan hanterade.`,
        ...(view.assignments.length > 0 ? [`Uppdrag som är kvar:\n${assignmentLines(view)}`] : []),
        `Ta bort den i SUS och säg sedan till:\n${command(view, 'removed')}`,
        ...(isLeaver(view)
          ? []
          : [`Går beställningen inte att utföra, skicka tillbaka den:\n${command(view, 'return', '--reason "…"')}`]),
      ];
    case 'orderAgain':
      return [
        `Beställningen på blankett 9460 om SUS-behörigheten för ${who} (${rolesIn(view)}) är stoppad av Min Support.`,
        `Beställ igen:\n${command(view, 'decide', 'remove')}\nEller ta tillbaka den:\n${command(view, 'withdraw', '--reason "…"')}`,
      ];
    default:
      return [`Ärendet om SUS-behörigheten för ${who} väntar: ${rolesIn(view)}.`];
  }
}

function confirmation(view: MailView): MailText {
  const { employee } = view.about;
  const stranded =
    view.assignments.length > 0
      ? [
          `De här uppdragen hann inte tas bort och är strandade, alltså kvar i SUS utan att gå att nå:\n${assignmentLines(view)}`,
        ]
      : [];
  if (isOwn(view))
    return {
      subject: `Bekräftelse: din SUS-behörighet är borttagen (${employee})`,
      paragraphs: [
        'Hej!',
        `Din behörighet i SUS är nu borttagen: ${rolesIn(view)}. Du behöver inte göra något.`,
        ...(isLeaver(view) ? ['Den togs bort för att din anställning slutar (process 2010:01).'] : []),
        'Undrar du varför, fråga din chef.',
      ],
    };
  return {
    subject: `Bekräftelse: SUS-behörigheten för ${employee} är borttagen`,
    paragraphs: [
      'Hej!',
      `SUS-behörigheten för ${employeeIn(view)} är nu borttagen: ${rolesIn(view)}. Registret visar att den är borta.`,
      isLeaver(view)
        ? 'Den togs bort för att anställningen slutar (process 2010:01).'
        : 'Den togs bort enligt ditt beslut och din beställning på blankett 9460.',
      ...stranded,
      'Du behöver inte göra något mer.',
    ],
  };
}

function occasionText(view: MailView): MailText {
  const { about } = view;
  const who = employeeIn(view);
  const task = about.task === undefined ? 'ärendet väntar' : TASKS[about.task];
  switch (about.occasion) {
    case 'confirmation':
      return confirmation(view);
    case 'reminder':
      return {
        subject: `Påminnelse${about.time && about.time > 1 ? ` ${about.time}` : ''}: ${task} (${about.employee})`,
        paragraphs: ['Hej!', ...howTo(view), ...dueLine(view), ...reasonLine(view, 'Att veta:')],
      };
    case 'escalation':
      return {
        subject: `Har väntat för länge: ${task} (${about.employee})`,
        paragraphs: [
          'Hej!',
          'Du får det här mejlet för att ingen har gjort det i tid. Se till att det blir gjort av den som får göra det.',
          ...howTo({ ...view, reader: null }),
          ...dueLine(view),
          ...reasonLine(view, 'Att veta:'),
        ],
      };
    case 'orderStopped':
      return {
        subject: `Beställningen är stoppad (${about.employee})`,
        paragraphs: [
          'Hej!',
          ...howTo({ ...view, about: { ...about, task: 'orderAgain' } }),
          ...reasonLine(view, 'Min Support svarade:'),
          'Ingenting är borttaget. Ansvarig chef avgör hur det går vidare.',
          ...dueLine(view),
        ],
      };
    case 'returned':
      return {
        subject: `Beställningen kom tillbaka (${about.employee})`,
        paragraphs: [
          'Hej!',
          `Behörighetsadministrationen har skickat tillbaka beställningen om SUS-behörigheten för ${who}: ${rolesIn(view)}. Den är inte borttagen.`,
          ...reasonLine(view, 'Så här skrev de:'),
          `Besluta igen:\n${command(view, 'decide', 'remove')}\nEller behåll behörigheten:\n${command(view, 'decide', 'keep')}`,
          ...dueLine(view),
        ],
      };
    case 'warnings':
      return {
        subject: `Att tänka på när en behörighet tas bort (${about.employee})`,
        paragraphs: [
          'Hej!',
          isLeaver(view)
            ? `${who} slutar, och SUS-behörigheten tas bort: ${rolesIn(view)}. Det innebär:`
            : `SUS-behörigheten för ${who} ska tas bort: ${rolesIn(view)}. Det innebär:`,
          list((about.warnings ?? []).map(warningLine)),
          'Det hejdar ingenting, men se till att någon annan tar över.',
          ...dueLine(view),
        ],
      };
    case 'mailRefused':
      return {
        subject: `Ett mejl gick inte fram (${about.employee})`,
        paragraphs: [
          'Hej!',
          `Ett mejl i ärendet om SUS-behörigheten för ${who} gick inte att leverera.`,
          ...reasonLine(view, 'Gick inte att nå:'),
          'Rätta adressen i registret, och berätta för den som skulle ha fått mejlet hur det gick:',
          command(view, 'status'),
        ],
      };
  }
}

/** @returns the whole mail in Swedish. */
export function mailInSwedish(view: MailView): MailText {
  const { subject, paragraphs } = occasionText(view);
  return {
    subject,
    paragraphs: [
      ...paragraphs,
      `Ärendenummer: ${view.about.request}\nSå här står det till i ärendet:\n${command(view, 'status')}`,
      'Behöver du hjälp? Ring behörighetsadministrationens helpdesk, anknytning 81 000, val 2.',
      'Återkalla skickar mejlet av sig självt; det går inte att svara på det.',
    ],
  };
}
