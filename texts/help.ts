import type { Text } from './problems.ts';

/** The help of the command line. */

export const commandTexts = {
  program: {
    sv: 'Tar bort behörigheter i SUS: beslut, beställning, avslutade uppdrag, borttag, bekräftelse.',
    en: 'Takes authorisations in SUS away: decision, order, detaching, removal, confirmation.',
  },
  preview: {
    sv: 'visar vad ett borttag skulle göra; startar inget',
    en: 'shows what a removal would do; starts nothing',
  },
  remove: { sv: 'startar ett borttag', en: 'starts a removal' },
  decide: { sv: 'chefens beslut: remove eller keep', en: "the manager's decision: remove or keep" },
  detached: {
    sv: 'uppdrag är avslutade; utan uppräkning: alla som personen kan avsluta',
    en: 'assignments are detached; without naming any: all that this person may detach',
  },
  stranded: {
    sv: 'godtar att uppdrag blir kvar, efter sista arbetsdagen',
    en: "accepts assignments as stranded, past a leaver's deadline",
  },
  removed: { sv: 'behörigheten är borttagen', en: 'the authorisation is removed' },
  return: { sv: 'sänder tillbaka beställningen till chefen', en: 'sends the order back to the manager' },
  withdraw: { sv: 'chefen återtar beställningen', en: 'the manager takes the order back' },
  leaves: { sv: 'medarbetare slutar (2010:01)', en: 'an employee leaves (2010:01)' },
  'change-date': { sv: 'sista arbetsdagen flyttas', en: 'the last working day moves' },
  stays: { sv: 'personen är kvar ändå', en: 'the person stays after all' },
  status: { sv: 'var ärendet står', en: 'where the case stands' },
  record: { sv: 'allt som har hänt, i ordning', en: 'all that happened, in order' },
  tasks: { sv: 'vad som väntar på personen', en: 'what waits for this person' },
  cases: { sv: 'ärenden som personen får läsa', en: 'the cases that this person may read' },
  login: { sv: 'loggar in, där riktig inloggning är inställd', en: 'logs in, where real logins are set' },
  logout: { sv: 'glömmer inloggningen', en: 'forgets the login' },
  doctor: { sv: 'svarar allt, i rätt version', en: 'is everything reachable and of the right version' },
  register: { sv: 'registret', en: 'the register' },
  import: { sv: 'läser in en registerfil', en: 'takes in a register file' },
  show: { sv: 'visar vad registret innehåller', en: 'shows what the register holds' },
  set: {
    sv: 'ger personen precis dessa roller; utan roller: behörigheten tas bort',
    en: 'gives the person exactly these roles; none: the authorisation goes',
  },
  detach: { sv: 'tar bort ett uppdrag', en: 'takes an assignment away' },
} as const satisfies Record<string, Text>;

export const optionTexts = {
  as: { sv: 'vem som agerar', en: 'who acts' },
  json: { sv: 'svara med ett JSON-värde', en: 'answer with one JSON value' },
  id: {
    sv: 'kommandots eget id; samma id igen ger samma svar',
    en: "the command's own id; the same again, the same answer",
  },
  lang: { sv: 'språk', en: 'language' },
  role: { sv: 'en roll; kan anges flera gånger', en: 'a role; may be given several times' },
  reason: { sv: 'skäl', en: 'reason' },
  note: { sv: 'anteckning', en: 'note' },
  acknowledge: { sv: 'en varning som är sedd; kan anges flera gånger', en: 'a warning that was seen; may be repeated' },
  on: { sv: 'sista arbetsdagen', en: 'the last working day' },
  watch: { sv: 'följ ärendet tills det är slut', en: 'follow the case until it ends' },
  employee: { sv: 'bara denna anställda', en: 'this employee only' },
  manager: { sv: 'bara denna chef', en: 'this manager only' },
  state: { sv: 'bara detta läge', en: 'this state only' },
  open: { sv: 'bara öppna', en: 'open ones only' },
  ended: { sv: 'bara avslutade', en: 'ended ones only' },
  overdue: { sv: 'bara försenade', en: 'overdue ones only' },
  help: { sv: 'visar hjälp', en: 'shows help' },
  version: { sv: 'visar versionen', en: 'shows the version' },
} as const satisfies Record<string, Text>;

/** The words that the command line library writes in English. */
export const libraryWords: Readonly<Record<string, string>> = {
  '[options]': '[val]',
  '[command]': '[kommando]',
  'Usage:': 'Användning:',
  'Arguments:': 'Argument:',
  'Options:': 'Val:',
  'Commands:': 'Kommandon:',
};

/** What was wrong with a command line, by the library's code; the quoted part is put in. */
export const commandLineFaults: Readonly<Record<string, (what: string) => string>> = {
  'commander.unknownCommand': (what) => `okänt kommando ${what}`,
  'commander.unknownOption': (what) => `okänt val ${what}`,
  'commander.missingArgument': (what) => `argumentet ${what} saknas`,
  'commander.missingMandatoryOptionValue': (what) => `valet ${what} saknas`,
  'commander.optionMissingArgument': (what) => `valet ${what} saknar värde`,
  'commander.excessArguments': () => 'för många argument',
  'commander.invalidArgument': (what) => `fel värde för ${what}`,
  'commander.conflictingOption': (what) => `${what} kan inte anges tillsammans med ett annat val`,
  'commander.help': () => 'kommando saknas',
};
