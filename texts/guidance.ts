import type { Assignment } from '../machines/register.ts';
import type { WaitsFor } from '../machines/waiting.ts';

/** What to do in SUS; for assignments it differs by form of collaboration and role (process page, "Words"). */
export function guidanceOf(task: WaitsFor, of?: Pick<Assignment, 'form' | 'role'>): string {
  if (task !== 'detach') return GUIDANCE[task];
  return of ? GUIDANCE[of.form][of.role] : '';
}

const GUIDANCE = {
  decide: 'Besluta om behörigheten tas bort eller behålls. / Decide whether the authorisation goes or stays.',
  remove: 'Ta bort behörigheten i SUS enligt beslutet. / Remove the authorisation in SUS as decided.',
  finsam: {
    collaborationAdministrator:
      'Finsam: ta bort uppdraget som samverkansadministratör från samverkansorganisationen. / Finsam: detach the collaboration administrator from the collaboration organisation.',
    interventionManager:
      'Finsam: ta bort uppdraget som insatsansvarig från samverkansorganisationen eller insatsen. / Finsam: detach the intervention manager from the organisation or intervention.',
    participantManager:
      'Finsam: ta bort uppdraget som deltagaransvarig från insatsen. / Finsam: detach the participant manager from the intervention.',
  },
  'af-fk': {
    collaborationAdministrator:
      'AF–FK: ta bort uppdraget som samverkansadministratör från samarbetet. / AF–FK: detach the collaboration administrator from the collaboration.',
    interventionManager:
      'AF–FK: ta bort uppdraget som insatsansvarig från kontoret. / AF–FK: detach the intervention manager from the office.',
    participantManager:
      'AF–FK: ta bort uppdraget som deltagaransvarig från kontoret. / AF–FK: detach the participant manager from the office.',
  },
};
