import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The sample register with more people than one page shows, and with names as long as they come. */

const sample = join(import.meta.dirname, '..', '..', 'register.sample.json');

/** Whose staff it is, who may detach, and the staff themselves. */
export const LONG = {
  manager: '5000',
  administrator: '5001',
  staff: Array.from({ length: 56 }, (_, index) => String(5100 + index)),
  /** Those of them who are intervention managers too. */
  managing: ['5100', '5101', '5102', '5103'],
  /** A word that does not break by itself, and a line that does. */
  organisation:
    'Samordningsförbundet för arbetslivsinriktad rehabilitering i Västernorrlands, Jämtlands och Gävleborgs län',
  intervention: 'Arbetsmarknadsrehabiliteringssamordningsverksamhetsutvecklingsinsatsen Vägen vidare',
  name: (id: string) =>
    `Anna-Karin Margareta Östergötlandsdotter-Silfverhjelm af Överförmyndarhandläggningssamordnargården ${id}`,
};

/** Writes it to a file. */
export function writeLongRegister(file: string): void {
  const { manager, administrator, staff, managing } = LONG;
  const register = JSON.parse(readFileSync(sample, 'utf8'));
  const person = (id: string, boss: string) => ({
    id,
    name: LONG.name(id),
    email: `${id}@example.org`,
    manager: boss,
  });
  register.people.push(
    { ...person(manager, '900'), deputies: [administrator] },
    person(administrator, '900'),
    ...staff.map((id) => person(id, manager)),
  );
  register.organisations.push({ id: 'long', name: LONG.organisation, form: 'finsam' });
  register.interventions.push({ id: 'long-1', name: LONG.intervention, organisation: 'long' });
  const at = { organisation: 'long', intervention: null };
  register.authorisations.push(
    { person: administrator, system: 'SUS', roles: ['collaborationAdministrator', 'interventionManager'] },
    ...staff.map((id) => ({
      person: id,
      system: 'SUS',
      roles: [...(managing.includes(id) ? ['interventionManager'] : []), 'participantManager'],
    })),
  );
  register.assignments.push(
    { id: 'b1', person: administrator, role: 'collaborationAdministrator', ...at },
    { id: 'b2', person: administrator, role: 'interventionManager', ...at, intervention: 'long-1' },
    ...managing.map((id) => ({
      id: `b${id}i`,
      person: id,
      role: 'interventionManager',
      ...at,
      intervention: 'long-1',
    })),
    ...staff.map((id) => ({ id: `b${id}p`, person: id, role: 'participantManager', ...at, intervention: 'long-1' })),
  );
  writeFileSync(file, JSON.stringify(register));
}
