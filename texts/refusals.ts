import type { WhyNot } from '../machines/whyNot.ts';

/** The helpdesk of the authorisation administration (process page). */
const HELP = {
  sv: 'Hjälp: behörighetsadministrationens helpdesk, anknytning 81 000, val 2.',
  en: "Help: the authorisation administration's helpdesk, extension 81 000, choice 2.",
};

/** Why a command does not count, in people's words, with what would be accepted and where help is to be had. */
export function refusalText(why: WhyNot): { sv: string; en: string } {
  const { sv, en } = words(why);
  return { sv: `${sv} ${HELP.sv}`, en: `${en} ${HELP.en}` };
}

const list = (items: readonly string[], none: string) => (items.length > 0 ? items.join(', ') : none);

function words(why: WhyNot): { sv: string; en: string } {
  switch (why.why) {
    case 'notAllowed':
      return {
        sv: `Det får bara göras av: ${list(why.may, 'ingen just nu')}.`,
        en: `Only these may do it: ${list(why.may, 'nobody just now')}.`,
      };
    case 'ownAuthorisation':
      return {
        sv: 'Ingen beslutar om, lossar eller tar bort sin egen behörighet. Det gör chefen, eller någon annan som får.',
        en: 'Nobody decides on, detaches or removes their own authorisation. It takes the manager, or somebody else who may.',
      };
    case 'rolesNotHeld':
      return {
        sv: `Personen har inte: ${list(why.roles, '–')}. Rollerna är: ${list(why.held, 'inga')}.`,
        en: `The person does not hold: ${list(why.roles, '–')}. The roles are: ${list(why.held, 'none')}.`,
      };
    case 'notAcknowledged':
      return {
        sv: `Beslutet måste säga att varningarna har setts: ${why.warnings.join(', ')}.`,
        en: `The decision must acknowledge these warnings: ${why.warnings.join(', ')}.`,
      };
    case 'notAttached':
      return {
        sv: `Ärendet väntar inte på: ${why.assignments.join(', ')}. Det väntar på: ${list(why.attached, 'inga uppdrag')}.`,
        en: `The case does not wait for: ${why.assignments.join(', ')}. It waits for: ${list(why.attached, 'no assignments')}.`,
      };
    case 'notTheirs':
      return {
        sv: `${why.assignments.join(', ')} får bara lossas av: ${list(why.may, 'ingen just nu')}. Inget har ändrats.`,
        en: `${why.assignments.join(', ')} may only be detached by: ${list(why.may, 'nobody just now')}. Nothing has changed.`,
      };
    case 'beforeDeadline':
      return {
        sv: `Det får godtas först när tiden har gått ut: ${why.deadline}. Till dess ska uppdragen lossas.`,
        en: `It may be accepted only past the deadline: ${why.deadline}. Until then the assignments are to be detached.`,
      };
    case 'ending':
      return {
        sv: `Ärendet avslutas redan (${why.as}); beställningen tas tillbaka.`,
        en: `The case is ending already (${why.as}); its order is being taken back.`,
      };
    case 'leaverNotAtWork':
      return {
        sv: 'Det finns inget ärende om medarbetare som slutar som har börjat arbeta för den här personen.',
        en: "No leaver's case of this person has begun its work.",
      };
    case 'unknownPerson':
      return { sv: `Det finns ingen person ${why.person}.`, en: `There is no person ${why.person}.` };
  }
}
