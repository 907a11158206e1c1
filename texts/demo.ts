import type { Text } from './problems.ts';

/** What the demo tells as it goes. Swedish first, then English; employee ids, never names. */

const list = (values: readonly string[]) => values.join(', ');

const roles: Readonly<Record<string, Text>> = {
  collaborationAdministrator: { sv: 'samverkansadministratör', en: 'collaboration administrator' },
  interventionManager: { sv: 'insatsansvarig', en: 'intervention manager' },
  participantManager: { sv: 'deltagaransvarig', en: 'participant manager' },
};
const rolesIn = (names: readonly string[], language: 'sv' | 'en') =>
  list(names.map((name) => roles[name]?.[language] ?? name));

export const demoTexts = {
  title: {
    sv: 'Återkalla visar sig: en behörighet som inte behövs längre tas bort, och en medarbetare slutar.',
    en: 'Återkalla shows itself: an authorisation that is no longer needed is removed, and an employee leaves.',
  },
  starting: {
    sv: 'Startar Temporal, registret och arbetaren i en egen tillfällig datamapp …',
    en: 'Starting Temporal, the register and the worker in a temporary data folder of its own …',
  },
  removal: (employee: string): Text => ({
    sv: `\n1. Medarbetare ${employee} är kvar men behöver inte SUS längre`,
    en: `\n1. Employee ${employee} stays, but no longer needs SUS`,
  }),
  preview: (preview: {
    roles: readonly string[];
    assignments: { id: string; detachedBy: readonly string[] }[];
  }): Text => ({
    sv: `Chefen tittar först: behörigheten som ${rolesIn(preview.roles, 'sv')} skulle tas bort. ${preview.assignments.map(({ id, detachedBy }) => `Uppdraget ${id} tas i så fall bort av ${list(detachedBy)}.`).join(' ')}`,
    en: `The manager looks first: the authorisation as ${rolesIn(preview.roles, 'en')} would go. ${preview.assignments.map(({ id, detachedBy }) => `Assignment ${id} would be detached by ${list(detachedBy)}.`).join(' ')}`,
  }),
  decided: (manager: string, request: string): Text => ({
    sv: `Chefen ${manager} beslutar: behörigheten tas bort. Ärendet heter ${request}.`,
    en: `The manager ${manager} decides: the authorisation goes. The case is ${request}.`,
  }),
  ordered: (order: string): Text => ({
    sv: `Beslutet går av sig självt till Min Support som beställning ${order} på blankett 9460.`,
    en: `By itself the decision goes to Min Support as order ${order} on form 9460.`,
  }),
  waits: (people: readonly string[], assignments: readonly string[]): Text => ({
    sv: `Innan behörigheten tas bort ska uppdrag tas bort: ${list(assignments)}. Det väntar på ${list(people)}.`,
    en: `Before the authorisation goes, assignments are to be detached: ${list(assignments)}. That waits for ${list(people)}.`,
  }),
  refused: (employee: string, reason: Text): Text => ({
    sv: `Medarbetare ${employee} försöker själv och nekas: ${reason.sv}`,
    en: `Employee ${employee} tries it alone and is refused: ${reason.en}`,
  }),
  detached: (by: string, assignments: readonly string[]): Text => ({
    sv: `${by} tar bort uppdraget ${list(assignments)}; registret visar att det är borta.`,
    en: `${by} detaches assignment ${list(assignments)}; the register shows it gone.`,
  }),
  removed: (by: string): Text => ({
    sv: `Behörighetsadministrationen (${by}) tar bort behörigheten; registret visar att den är borta.`,
    en: `The authorisation administration (${by}) removes the authorisation; the register shows it gone.`,
  }),
  confirmed: (to: readonly string[]): Text => ({
    sv: `Bekräftelsen går av sig själv till ${list(to)}. Klart.`,
    en: `The confirmation goes by itself to ${list(to)}. Done.`,
  }),
  leaver: (employee: string): Text => ({
    sv: `\n2. Medarbetare ${employee} slutar i dag (process 2010:01)`,
    en: `\n2. Employee ${employee} leaves today (process 2010:01)`,
  }),
  leaves: (manager: string, day: string, request: string): Text => ({
    sv: `Chefen ${manager} säger att ${day} är den sista arbetsdagen. Ingen blankett 9460 behövs. Ärendet heter ${request}.`,
    en: `The manager ${manager} says that ${day} is the last working day. No form 9460 is needed. The case is ${request}.`,
  }),
  checking: {
    sv: '\n3. Allt är avslutat. Det här säger registret, beställningarna och mejlen nu',
    en: '\n3. All has ended. This is what the register, the orders and the mails say now',
  },
  expected: { sv: 'väntat', en: 'expected' },
  found: { sv: 'fanns', en: 'found' },
  allGood: (count: number, seconds: string): Text => ({
    sv: `\nAllt stämmer: ${count} av ${count} kontroller, på ${seconds} s.`,
    en: `\nAll is as it must be: ${count} of ${count} checks, in ${seconds} s.`,
  }),
  notGood: (bad: number, count: number): Text => ({
    sv: `\nDet stämmer inte: ${bad} av ${count} kontroller gick inte igenom, se ✗ ovan.`,
    en: `\nNot as it must be: ${bad} of ${count} checks failed, see ✗ above.`,
  }),
  stuck: (request: string, state: string, expected: string): Text => ({
    sv: `Ärendet ${request} är i läget ${state}; väntat var ${expected}. Kör npm start med samma register och gör om stegen för att se ärendet i Temporal UI.`,
    en: `Case ${request} is in the state ${state}; expected was ${expected}. Run npm start with the same register and take the same steps to see the case in Temporal UI.`,
  }),
  notRefused: (employee: string): Text => ({
    sv: `Medarbetare ${employee} fick ta bort sitt eget uppdrag; väntat var ett nej.`,
    en: `Employee ${employee} was let detach their own assignment; expected was a refusal.`,
  }),
  failed: { sv: 'Det gick inte', en: 'It failed' },
  usage: {
    sv: 'Okänt: använd npm run demo -- --lang sv eller npm run demo -- --lang en.',
    en: 'Unknown: use npm run demo -- --lang sv or npm run demo -- --lang en.',
  },
};

/** What each check of the demo is about. */
export const checkTexts = {
  authorisations: {
    sv: 'Registret: de två behörigheterna är borta, alla andra är som förut',
    en: 'Register: the two authorisations are gone, all others are as before',
  },
  assignments: {
    sv: 'Registret: de tre uppdragen är borta, inget är strandat, alla andra är som förut',
    en: 'Register: the three assignments are gone, none is stranded, all others are as before',
  },
  people: { sv: 'Registret: personerna är som förut', en: 'Register: the people are as before' },
  orders: {
    sv: 'Min Support: en enda beställning på blankett 9460, för den som är kvar; ingen för den som slutar',
    en: 'Min Support: one single order on form 9460, for who stays; none for who leaves',
  },
  mails: {
    sv: 'Mejl: en bekräftelse var till chef och medarbetare i varje ärende, till rätt adress och på rätt språk, inget annat',
    en: 'Mails: one confirmation each to manager and employee in each case, address and language right, nothing else',
  },
  onlyOnce: { sv: 'Mejl: inget gick ut två gånger', en: 'Mails: none went out twice' },
  removalRecord: {
    sv: 'Ärende 1: vad som hände, i ordning, av vem, exakt vad',
    en: 'Case 1: what happened, in order, by whom, what exactly',
  },
  leaverRecord: {
    sv: 'Ärende 2: vad som hände, i ordning, av vem, exakt vad',
    en: 'Case 2: what happened, in order, by whom, what exactly',
  },
  ended: { sv: 'Båda ärendena är avslutade som borttagna', en: 'Both cases ended as removed' },
} as const satisfies Record<string, Text>;
