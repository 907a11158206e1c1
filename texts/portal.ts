import type { Text } from './problems.ts';

/** What the portal's server says in words; its pages have theirs in `portal/web`. Swedish first, then English. */

/** The short name of each kind of problem. */
export const titles: Readonly<Record<string, Text>> = {
  InvalidInput: { sv: 'Uppgifterna går inte att använda', en: 'What was sent cannot be used' },
  NotLoggedIn: { sv: 'Inte inloggad', en: 'Not logged in' },
  Csrf: { sv: 'Sidan är för gammal', en: 'The page is too old' },
  Refused: { sv: 'Inte tillåtet', en: 'Not allowed' },
  NotFound: { sv: 'Finns inte', en: 'Not found' },
  MethodNotAllowed: { sv: 'Fel metod', en: 'Method not allowed' },
  NotAccepted: { sv: 'Inte möjligt nu', en: 'Not possible now' },
  AlreadyOpen: { sv: 'Ett ärende är redan öppet', en: 'A case is open already' },
  TooLarge: { sv: 'För stort', en: 'Too large' },
  UnsupportedMediaType: { sv: 'Fel format', en: 'Wrong format' },
  WrongHost: { sv: 'Fel adress', en: 'Wrong address' },
  TooMany: { sv: 'För många anrop', en: 'Too many requests' },
  Failed: { sv: 'Fel i portalen', en: 'The portal failed' },
  NotSupported: { sv: 'Försök igen', en: 'Try again' },
  TryAgain: { sv: 'Försök igen', en: 'Try again' },
  Unreachable: { sv: 'Försök igen', en: 'Try again' },
};

const away: Text = {
  sv: 'Systemet svarar inte just nu. Försök igen om en stund. Inget går förlorat: samma knapp igen gör samma sak bara en gång.',
  en: 'The system does not answer just now. Try again in a while. Nothing is lost: the same button again does the same thing only once.',
};

/** What was wrong and what to do next. The same text whether something does not exist or may not be seen. */
export const portalProblems = {
  InvalidInput: {
    sv: 'Något som skickades passar inte. Rätta det som pekas ut och skicka igen.',
    en: 'Something that was sent does not fit. Correct what is pointed out and send again.',
  },
  NotLoggedIn: {
    sv: 'Du är inte inloggad, eller inloggningen har gått ut. Logga in och försök igen.',
    en: 'You are not logged in, or the login has ended. Log in and try again.',
  },
  Csrf: {
    sv: 'Sidan hör till en tidigare inloggning. Läs om sidan och försök igen.',
    en: 'The page belongs to an earlier login. Load the page again and try again.',
  },
  NotFound: {
    sv: 'Det finns inte, eller så får du inte se det. Kontrollera adressen eller numret.',
    en: 'There is no such thing, or you may not see it. Check the address or the number.',
  },
  MethodNotAllowed: {
    sv: 'Adressen finns, men inte med den metoden. Huvudet Allow i svaret säger vilka som går.',
    en: 'The address is known, but not with that method. The header Allow of the answer says which can be used.',
  },
  AlreadyOpen: {
    sv: 'Det finns redan ett öppet ärende av samma slag för den här personen. Öppna det i stället. Hjälp: behörighetsadministrationens helpdesk, anknytning 81 000, val 2.',
    en: "There is already an open case of the same kind for this person. Open that one instead. Help: the authorisation administration's helpdesk, extension 81 000, choice 2.",
  },
  TooLarge: {
    sv: 'Det som skickades är för stort. Korta texten och skicka igen.',
    en: 'What was sent is too large. Shorten the text and send again.',
  },
  UnsupportedMediaType: {
    sv: 'Det som skickades har fel format: JSON (application/json) förväntas.',
    en: 'What was sent has the wrong format: JSON (application/json) is expected.',
  },
  WrongHost: {
    sv: 'Portalen nås inte på den här adressen. Använd den adress som portalen skriver ut när den startar.',
    en: 'The portal is not reached at this address. Use the address that it prints when it starts.',
  },
  TooMany: {
    sv: 'För många anrop på kort tid. Vänta en minut och försök igen.',
    en: 'Too many requests in a short time. Wait a minute and try again.',
  },
  Failed: {
    sv: 'Något gick fel i portalen. Försök igen; ring helpdesken, anknytning 81 000, val 2, om det händer igen.',
    en: 'Something failed in the portal. Try again; call the helpdesk, extension 81 000, choice 2, if it happens again.',
  },
  NotSupported: away,
  TryAgain: away,
  Unreachable: away,
} as const satisfies Record<string, Text>;

/** Somebody orders who may not. */
export const mayNotOrder: Text = {
  sv: 'Du får inte beställa det här. Det får den anställda själv, chefen, en ersättare för chefen och behörighetsadministrationen.',
  en: 'You may not order this. The employee, the manager, a deputy of the manager and the authorisation administration may.',
};

/** The head of each column of the list of cases as CSV. */
export const csvHeads = {
  request: { sv: 'Ärende', en: 'Case' },
  process: { sv: 'Process', en: 'Process' },
  employee: { sv: 'Anställd', en: 'Employee' },
  employeeName: { sv: 'Den anställdas namn', en: "Employee's name" },
  manager: { sv: 'Chef', en: 'Manager' },
  managerName: { sv: 'Chefens namn', en: "Manager's name" },
  state: { sv: 'Läge', en: 'State' },
  waitsFor: { sv: 'Väntar på', en: 'Waits for' },
  due: { sv: 'Senast', en: 'Due' },
  overdue: { sv: 'Försenat', en: 'Overdue' },
  started: { sv: 'Startat', en: 'Started' },
  ended: { sv: 'Avslutat', en: 'Ended' },
} as const satisfies Record<string, Text>;

/** The pages of the login for development. */
export const developmentLogin = {
  title: { sv: 'Inloggning för utveckling', en: 'Login for development' },
  warning: {
    sv: 'ENDAST FÖR UTVECKLING. Här kan vem som helst logga in som vem som helst. Sätt OIDC_ISSUER för riktig inloggning.',
    en: 'FOR DEVELOPMENT ONLY. Anybody can log in as anybody here. Set OIDC_ISSUER for real logins.',
  },
  choose: { sv: 'Välj vem du är', en: 'Choose who you are' },
  failed: { sv: 'Inloggningen gick inte', en: 'The login did not work' },
  again: { sv: 'Försök igen', en: 'Try again' },
} as const satisfies Record<string, Text>;
