/**
 * What went wrong, for the person who asked: what was wrong, what was expected, what to do next. Swedish first, then
 * English; ids of employees, never their names.
 */

/** A text for a person, in both languages. */
export type Text = { sv: string; en: string };
export type Language = keyof Text;

const list = (values: readonly string[]) => values.join(', ');

/** The contract has every refusal end with the helpdesk's number. */
export const helpdesk: Text = {
  sv: 'Hjälp: behörighetsadministrationens helpdesk, anknytning 81 000, val 2.',
  en: "Help: the authorisation administration's helpdesk, extension 81 000, choice 2.",
};

/** Why a start was refused, by what the case's record says and the kind of case. */
const startRefusals: Readonly<Record<string, Text>> = {
  'notAllowed removal': {
    sv: 'det får bara föreslås av den anställda, chefen, en ersättare för chefen eller behörighetsadministrationen.',
    en: 'only the employee, the manager, a deputy of the manager or the authorisation administration may propose it.',
  },
  'notAllowed employeeLeaves': {
    sv: 'det får bara chefen, en ersättare för chefen eller HR säga, aldrig den anställda.',
    en: 'only the manager, a deputy of the manager or human resources may say so, never the employee.',
  },
  'ownAuthorisation removal': {
    sv: 'ingen beslutar om sin egen behörighet.',
    en: 'nobody decides on their own authorisation.',
  },
  'ownAuthorisation employeeLeaves': {
    sv: 'det får bara chefen, en ersättare för chefen eller HR säga, aldrig den anställda.',
    en: 'only the manager, a deputy of the manager or human resources may say so, never the employee.',
  },
  'rolesNotHeld removal': {
    sv: 'den anställda har inte de roller som angavs; se `aterkalla preview`.',
    en: 'the employee does not have the roles that were named; see `aterkalla preview`.',
  },
};

/** @param note what the record says: a reason by name, or in somebody's words. */
export const startRefusal = (note: string, process: string): Text =>
  startRefusals[`${note} ${process}`] ?? { sv: note, en: note };

export const problems = {
  unknownPerson: (person: string): Text => ({
    sv: `Registret har ingen person ${person}. Kontrollera numret.`,
    en: `The register has no person ${person}. Check the number.`,
  }),
  unknownRole: (roles: readonly string[], known: readonly string[]): Text => ({
    sv: `Ingen i registret har rollen ${list(roles)}. Roller som finns: ${list(known)}.`,
    en: `Nobody in the register has the role ${list(roles)}. Roles that exist: ${list(known)}.`,
  }),
  roleNotHeld: (person: string, roles: readonly string[], held: readonly string[]): Text => ({
    sv: `${person} har inte rollen ${list(roles)}. Det går att ta bort: ${list(held) || 'ingenting, behörighet saknas'}.`,
    en: `${person} does not have the role ${list(roles)}. What can be removed: ${list(held) || 'nothing, there is no authorisation'}.`,
  }),
  unknownAssignment: (assignment: string): Text => ({
    sv: `Registret har inget uppdrag ${assignment}. Se \`aterkalla register show\`.`,
    en: `The register has no assignment ${assignment}. See \`aterkalla register show\`.`,
  }),
  noSuchCase: (request: string): Text => ({
    sv: `Det finns inget ärende ${request}. Ett ärendenummer ser ut som removal-SUS-1001-7f3k9q; \`aterkalla cases\` visar dem som finns.`,
    en: `There is no case ${request}. A request number looks like removal-SUS-1001-7f3k9q; \`aterkalla cases\` shows those that exist.`,
  }),
  mayNotRead: (reader: string, request: string): Text => ({
    sv: `${reader} får inte läsa ärende ${request}. Det får den anställda, chefen, ersättare, den som kan agera i ärendet, behörighetsadministrationen, HR och revisorer.`,
    en: `${reader} may not read case ${request}. The employee, the manager, deputies, whoever may act on it, the authorisation administration, human resources and auditors may.`,
  }),
  mayNotPreview: (reader: string, employee: string): Text => ({
    sv: `${reader} får inte se vad ett borttag för ${employee} skulle göra. Det får den anställda, chefen, ersättare, behörighetsadministrationen, HR och revisorer.`,
    en: `${reader} may not see what a removal for ${employee} would do. The employee, the manager, deputies, the authorisation administration, human resources and auditors may.`,
  }),
  alreadyOpen: (employee: string, open: string): Text => ({
    sv: `Det finns redan ett öppet ärende för ${employee}: ${open}. Se \`aterkalla status ${open}\`.`,
    en: `There is already an open case for ${employee}: ${open}. See \`aterkalla status ${open}\`.`,
  }),
  ended: (request: string, outcome: string, at: string): Text => ({
    sv: `Ärende ${request} är avslutat (${outcome}${at && `, ${at}`}); inget mer kan göras i det.`,
    en: `Case ${request} has ended (${outcome}${at && `, ${at}`}); nothing more can be done in it.`,
  }),
  otherProcess: (request: string): Text => ({
    sv: `Det steget finns inte i ärende ${request}, som är av ett annat slag. Se \`aterkalla status ${request}\` för vad som är möjligt nu.`,
    en: `There is no such step in case ${request}, which is of another kind. See \`aterkalla status ${request}\` for what is possible now.`,
  }),
  startRefused: (request: string, reason: Text): Text => ({
    sv: `Ärende ${request} avslogs: ${reason.sv}`,
    en: `Case ${request} was refused: ${reason.en}`,
  }),
  nothingToDetach: (request: string, person: string): Text => ({
    sv: `Det finns inget uppdrag i ärende ${request} som ${person} kan avsluta nu. Se \`aterkalla status ${request}\`.`,
    en: `There is no assignment in case ${request} that ${person} may detach now. See \`aterkalla status ${request}\`.`,
  }),
  registerAway: (): Text => ({
    sv: 'Registret svarar inte just nu. Försök igen om en stund, med samma --id.',
    en: 'The register does not answer just now. Try again in a while, with the same --id.',
  }),
  fileRefused: (faults: readonly string[]): Text => ({
    sv: `Registerfilen togs inte emot; registret är oförändrat. Fel i filen:\n- ${faults.join('\n- ')}`,
    en: `The register file was not taken in; the register is unchanged. Faults in the file:\n- ${faults.join('\n- ')}`,
  }),
  fileUnreadable: (file: string, why: string): Text => ({
    sv: `Filen ${file} kan inte läsas som JSON: ${why}. Ange en registerfil.`,
    en: `The file ${file} cannot be read as JSON: ${why}. Name a register file.`,
  }),
  tooLarge: (): Text => ({
    sv: 'Registerfilen är för stor för att skickas genom Temporal (2 MB packad). Ange den i stället som REGISTER_FILE vid första starten.',
    en: 'The register file is too large to be sent through Temporal (2 MB packed). Name it as REGISTER_FILE at the first start instead.',
  }),
  unreachable: (address: string, why: string): Text => ({
    sv: `Temporal på ${address} svarar inte (${why}). Starta systemet med \`npm start\`, eller rätta TEMPORAL_ADDRESS.`,
    en: `Temporal at ${address} does not answer (${why}). Start the system with \`npm start\`, or correct TEMPORAL_ADDRESS.`,
  }),
  notRunning: (file: string): Text => ({
    sv: `Systemet är inte igång här: ${file} finns inte eller går inte att läsa. Starta det med \`npm start\`, eller ange DATA_DIR eller TEMPORAL_ADDRESS.`,
    en: `The system does not run here: ${file} is not there or cannot be read. Start it with \`npm start\`, or set DATA_DIR or TEMPORAL_ADDRESS.`,
  }),
  temporalSettings: (why: string): Text => ({
    sv: `Inställningarna för Temporal (TEMPORAL_*) går inte att använda: ${why}. Rätta dem.`,
    en: `The settings for Temporal (TEMPORAL_*) cannot be used: ${why}. Correct them.`,
  }),
  noWorker: (): Text => ({
    sv: 'Ingen arbetare svarar på kön aterkalla. Kontrollera med `aterkalla doctor`, försök sedan igen med samma --id.',
    en: 'No worker answers on the task queue aterkalla. Check with `aterkalla doctor`, then try again with the same --id.',
  }),
  busy: (): Text => ({
    sv: 'Det är för många som frågar just nu. Försök igen om en stund, med samma --id.',
    en: 'Too many are asking just now. Try again in a while, with the same --id.',
  }),
  notOnThisServer: (): Text => ({
    sv: 'Den här Temporal-servern saknar fristående aktiviteter, så registret kan inte frågas. Starta och agera går ändå; en nyare server behövs för resten.',
    en: 'This Temporal server has no standalone activities, so the register cannot be asked. Starting and acting work all the same; the rest needs a newer server.',
  }),
  cannotList: (): Text => ({
    sv: 'Den här Temporal-servern kan inte lista ärenden. Ange ett ärendenummer.',
    en: 'This Temporal server cannot list cases. Name a request number.',
  }),
  unexpected: (what: string): Text => ({
    sv: `Något oväntat hände: ${what}. Försök igen med samma --id; kontrollera med \`aterkalla doctor\`.`,
    en: `Something unexpected happened: ${what}. Try again with the same --id; check with \`aterkalla doctor\`.`,
  }),
  whoActs: (): Text => ({
    sv: 'Ange vem som agerar: --as PERSON.',
    en: 'Say who acts: --as PERSON.',
  }),
  realLogins: (): Text => ({
    sv: 'Här gäller riktig inloggning: du agerar som den du är inloggad som. Utelämna --as; logga in med `aterkalla login`.',
    en: 'Logins are real here: you act as who you are logged in as. Leave --as out; log in with `aterkalla login`.',
  }),
  notLoggedIn: (): Text => ({
    sv: 'Du är inte inloggad, eller inloggningen har gått ut. Logga in med `aterkalla login`.',
    en: 'You are not logged in, or the login has ended. Log in with `aterkalla login`.',
  }),
  noProvider: (): Text => ({
    sv: 'Ingen inloggning är inställd (OIDC_ISSUER). Ange vem som agerar med --as.',
    en: 'No login is set (OIDC_ISSUER). Say who acts with --as.',
  }),
  noPersonInLogin: (claim: string): Text => ({
    sv: `Inloggningen innehåller inget anställningsnummer (${claim}). Rätta OIDC_CLAIM eller OIDC_SCOPE.`,
    en: `The login holds no employee id (${claim}). Correct OIDC_CLAIM or OIDC_SCOPE.`,
  }),
  loginSettings: (why: string): Text => ({
    sv: `Inställningarna för inloggning (OIDC_*) går inte att använda: ${why}`,
    en: `The settings for logins (OIDC_*) cannot be used: ${why}`,
  }),
  loginFailed: (issuer: string, why: string): Text => ({
    sv: `Inloggningen hos ${issuer} gick inte (${why}). Kontrollera OIDC_ISSUER och OIDC_CLIENT_ID, försök sedan igen.`,
    en: `The login at ${issuer} did not work (${why}). Check OIDC_ISSUER and OIDC_CLIENT_ID, then try again.`,
  }),
  goAndLogIn: (where: string, code: string): Text => ({
    sv: `Öppna ${where} i en webbläsare, kontrollera koden ${code} och logga in där.`,
    en: `Open ${where} in a browser, check the code ${code} and log in there.`,
  }),
  input: (what: string, expected: Text): Text => ({
    sv: `${what}: ${expected.sv}.`,
    en: `${what}: ${expected.en}.`,
  }),
  commandLine: (what: Text): Text => ({
    sv: `Kommandot går inte att tolka (${what.sv}). Se \`aterkalla --help\`.`,
    en: `The command cannot be understood (${what.en}). See \`aterkalla --help\`.`,
  }),
};
