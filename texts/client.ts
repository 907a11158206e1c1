import type { Language, Text } from './problems.ts';

/** What the command line says in words. Swedish first, then English. */

/** What the schemas of `machines/messages.ts` say in English, in Swedish. */
export const inputTexts: Readonly<Record<string, string>> = {
  'a person id must be 1 to 32 of A-Z a-z 0-9': 'ett anställningsnummer ska vara 1 till 32 av A-Z a-z 0-9',
  'an id must be 1 to 32 of A-Z a-z 0-9 and dashes': 'ett id ska vara 1 till 32 av A-Z a-z 0-9 och bindestreck',
  'a role must be 1 to 64 printable characters': 'en roll ska vara 1 till 64 skrivbara tecken',
  'a warning id must be an id from the preview': 'en varning ska anges med sitt id från `aterkalla preview`',
  'id must be 1 to 64 of A-Z a-z 0-9 . _ -': 'id ska vara 1 till 64 av A-Z a-z 0-9 . _ -',
  'a text must not be empty': 'texten får inte vara tom',
  'a text may have at most 2000 characters': 'texten får ha högst 2000 tecken',
  'a text must have no control characters': 'texten får inte innehålla styrtecken',
  'a text must be a string': 'det ska vara en text',
  'a date must be a text YYYY-MM-DD': 'datum skrivs ÅÅÅÅ-MM-DD',
  'a date must be written YYYY-MM-DD': 'datum skrivs ÅÅÅÅ-MM-DD',
  'there is no such date': 'det datumet finns inte',
  'a date must lie between 2001 and 2099': 'datumet ska ligga mellan 2001 och 2099',
  'roles must name at least one': 'minst en roll ska anges',
  'a role is named twice': 'en roll är angiven två gånger',
  'assignments must name at least one': 'minst ett uppdrag ska anges',
  'an assignment is named twice': 'ett uppdrag är angivet två gånger',
  'decision must be remove or keep': 'beslutet ska vara remove eller keep',
  'a state must be a name such as detaching': 'ett läge ska vara ett namn som detaching',
  'a search may have at most 100 characters': 'en sökning får ha högst 100 tecken',
  'is must be open, ended or overdue': 'is ska vara open, ended eller overdue',
  'task must be decide, detach or remove': 'task ska vara decide, detach eller remove',
  'process must be removal or employeeLeaves': 'process ska vara removal eller employeeLeaves',
  'language must be sv or en': 'språket ska vara sv eller en',
  'must be true or false': 'ska vara true eller false',
  'next must be as answered': 'next ska vara det som sidan före svarade',
};

const states: Readonly<Record<string, Text>> = {
  deciding: { sv: 'väntar på chefens beslut', en: "waits for the manager's decision" },
  undoable: { sv: 'kan ångras, beställs sedan', en: 'can be undone, is then ordered' },
  ordering: { sv: 'beställs på blankett 9460', en: 'is being ordered on form 9460' },
  orderStopped: { sv: 'beställningen stoppades', en: 'the order was stopped' },
  scheduled: { sv: 'väntar på sin dag', en: 'waits for its day' },
  detaching: { sv: 'uppdrag ska avslutas', en: 'assignments are to be detached' },
  removing: { sv: 'behörigheten ska tas bort', en: 'the authorisation is to be removed' },
  verifying: { sv: 'kontrolleras mot registret', en: 'is checked against the register' },
  confirming: { sv: 'bekräftas', en: 'is being confirmed' },
  removed: { sv: 'avslutat: behörigheten är borttagen', en: 'ended: the authorisation is removed' },
  kept: { sv: 'avslutat: behörigheten behålls', en: 'ended: the authorisation is kept' },
  withdrawn: { sv: 'avslutat: återtaget', en: 'ended: withdrawn' },
  superseded: { sv: 'avslutat: processen för den som slutar tog över', en: "ended: the leaver's process took over" },
  nothingToRemove: { sv: 'avslutat: det fanns inget att ta bort', en: 'ended: there was nothing to remove' },
  refused: { sv: 'avslogs', en: 'was refused' },
  stayed: { sv: 'avslutat: personen är kvar', en: 'ended: the person stays' },
};

const tasks: Readonly<Record<string, Text>> = {
  decide: { sv: 'besluta', en: 'decide' },
  orderAgain: { sv: 'beställ igen eller återta', en: 'order again or withdraw' },
  detach: { sv: 'avsluta uppdrag', en: 'detach assignments' },
  remove: { sv: 'ta bort behörigheten', en: 'remove the authorisation' },
};

const warnings: Readonly<Record<string, Text>> = {
  'last-administrator': {
    sv: 'förlorar sin sista samverkansadministratör',
    en: 'loses its last collaboration administrator',
  },
  'last-manager': { sv: 'förlorar sin sista insatsansvariga', en: 'loses its last intervention manager' },
  'combined-roles': {
    sv: 'har kvar roller som inte får innehas samtidigt',
    en: 'keeps roles that must not be held together',
  },
};

const steps: Readonly<Record<string, Text>> = {
  proposed: { sv: 'föreslaget', en: 'proposed' },
  decided: { sv: 'beslutat', en: 'decided' },
  kept: { sv: 'beslutat att behålla', en: 'decided to keep' },
  refused: { sv: 'avslaget', en: 'refused' },
  ordered: { sv: 'beställt', en: 'ordered' },
  orderStopped: { sv: 'beställningen stoppad', en: 'order stopped' },
  orderCancelled: { sv: 'beställningen makulerad', en: 'order cancelled' },
  detached: { sv: 'uppdrag avslutade', en: 'assignments detached' },
  foundDetached: { sv: 'uppdrag redan avslutade i registret', en: 'assignments found detached in the register' },
  attachedAgain: { sv: 'uppdrag finns fortfarande i registret', en: 'assignments still in the register' },
  removed: { sv: 'behörigheten borttagen', en: 'authorisation removed' },
  gone: { sv: 'registret visar att den är borta', en: 'the register shows it gone' },
  undone: { sv: 'ångrat', en: 'undone' },
  withdrawn: { sv: 'återtaget', en: 'withdrawn' },
  returnedTooLate: {
    sv: 'skickades tillbaka för sent: behörigheten var redan borta',
    en: 'returned too late: the authorisation was gone already',
  },
  withdrawnTooLate: { sv: 'återtaget för sent', en: 'withdrawn too late' },
  returned: { sv: 'återsänt till chefen', en: 'returned to the manager' },
  superseded: { sv: 'ersatt av processen för den som slutar', en: "superseded by the leaver's process" },
  nothingToRemove: { sv: 'inget att ta bort', en: 'nothing to remove' },
  reminded: { sv: 'påmint', en: 'reminded' },
  escalated: { sv: 'eskalerat', en: 'escalated' },
  warned: { sv: 'varnat', en: 'warned' },
  confirmed: { sv: 'bekräftat', en: 'confirmed' },
  notConfirmed: { sv: 'bekräftelsen gick inte fram', en: 'the confirmation did not arrive' },
  started: { sv: 'startat', en: 'started' },
  leaves: { sv: 'slutar', en: 'leaves' },
  begun: { sv: 'arbetet har börjat', en: 'the work has begun' },
  tookOver: { sv: 'tog över ett öppet borttag', en: 'took over an open removal' },
  dateChanged: { sv: 'datum ändrat', en: 'date changed' },
  stayed: { sv: 'personen är kvar', en: 'the person stays' },
  strandedAccepted: { sv: 'uppdrag godtagna som kvarlämnade', en: 'assignments accepted as stranded' },
};

const fields: Readonly<Record<string, Text>> = {
  roles: { sv: 'roller', en: 'roles' },
  assignments: { sv: 'uppdrag', en: 'assignments' },
  order: { sv: 'beställning', en: 'order' },
  warnings: { sv: 'varningar', en: 'warnings' },
  lastWorkingDay: { sv: 'sista arbetsdag', en: 'last working day' },
  to: { sv: 'till', en: 'to' },
  note: { sv: 'anteckning', en: 'note' },
};

/** A field of a record entry in words. */
export const fieldIn = (language: Language, field: string): string => fields[field]?.[language] ?? field;

/** A step of the record in words; its name where there are no words for it. */
export const stepIn = (language: Language, step: string): string => steps[step]?.[language] ?? step;

/** A state, a task, a warning in words; the name itself where there are no words for it. */
export const stateIn = (language: Language, state: string): string => states[state]?.[language] ?? state;
export const taskIn = (language: Language, task: string): string => tasks[task]?.[language] ?? task;
export function warningIn(language: Language, id: string): string {
  const [kind = '', where = ''] = id.split(':');
  return `${[where, warnings[kind]?.[language] ?? kind].filter(Boolean).join(' ')} (${id})`;
}

/** Words of the answers, by name. */
export const words = {
  request: { sv: 'Ärende', en: 'Case' },
  employee: { sv: 'anställd', en: 'employee' },
  state: { sv: 'Läge', en: 'State' },
  since: { sv: 'sedan', en: 'since' },
  next: { sv: 'Möjligt nu', en: 'Possible now' },
  roles: { sv: 'Roller', en: 'Roles' },
  goes: { sv: 'Tas bort', en: 'Goes' },
  held: { sv: 'Innehas', en: 'Held' },
  warnings: { sv: 'Varningar', en: 'Warnings' },
  acknowledgedBy: { sv: 'sedd av', en: 'acknowledged by' },
  notAcknowledged: { sv: 'inte bekräftad', en: 'not acknowledged' },
  waitsFor: { sv: 'Väntar på', en: 'Waits for' },
  until: { sv: 'senast', en: 'until' },
  order: { sv: 'Beställning', en: 'Order' },
  record: { sv: 'Vad som har hänt', en: 'What has happened' },
  ignored: { sv: 'Inte godtaget', en: 'Not accepted' },
  lastWorkingDay: { sv: 'Sista arbetsdag', en: 'Last working day' },
  assignments: { sv: 'Uppdrag', en: 'Assignments' },
  detachedBy: { sv: 'avslutas av', en: 'detached by' },
  decidedBy: { sv: 'Beslutas av', en: 'Decided by' },
  removedBy: { sv: 'Tas bort av', en: 'Removed by' },
  nothing: { sv: 'ingenting', en: 'nothing' },
  nobody: { sv: 'ingen', en: 'nobody' },
  noTasks: { sv: 'Ingenting väntar.', en: 'Nothing waits.' },
  noCases: { sv: 'Inga ärenden.', en: 'No cases.' },
  for: { sv: 'för', en: 'for' },
  due: { sv: 'senast', en: 'due' },
  manager: { sv: 'chef', en: 'manager' },
  done: { sv: 'Klart.', en: 'Done.' },
  imported: { sv: 'Registret är inläst.', en: 'The register is taken in.' },
  well: { sv: 'Allt svarar.', en: 'Everything answers.' },
  error: { sv: 'Fel', en: 'Error' },
  commandId: { sv: 'Kommandots id', en: "The command's id" },
} as const satisfies Record<string, Text>;

export const doctorTexts = {
  node: {
    sv: 'Node 24 eller nyare behövs; projektets uppsättning hämtar den (`npm start`).',
    en: 'Node 24 or newer is needed; the set-up of the project brings it (`npm start`).',
  },
  server: {
    sv: 'Servern är för gammal: 1.29 eller nyare behövs för att fråga registret.',
    en: 'The server is too old: 1.29 or newer is needed to ask the register.',
  },
  worker: {
    sv: 'Ingen arbetare tar emot på kön aterkalla: kör `npm start`, eller `worker.ts` mot den här servern.',
    en: 'No worker polls the task queue aterkalla: run `npm start`, or `worker.ts` against this server.',
  },
  otherVersion: (here: string): Text => ({
    sv: `Arbetaren kör en annan version än den här klienten (${here}): uppdatera den äldre och starta om.`,
    en: `The worker runs another version than this client (${here}): update the older one and start it again.`,
  }),
} as const;
