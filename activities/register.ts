import type { Facts } from '../machines/register.ts';
import type { LookUpInput, Sources } from '../machines/sources.ts';
import type { Register } from './ports.ts';

/** Looking at the register, and changing it where the settings say that acting on a task does so. */

export type RegisterParts = {
  register: Register;
  /** `performs`: acting also changes the register; `observes`: people change SUS themselves, this only looks. */
  registerMode: 'performs' | 'observes';
  /** The open leaver's case of an employee, and whether its own work has begun; null where there is none. */
  leaverOf(employee: string): Promise<Facts['leaver']>;
};

/** Each fails with the register's own error where that does not answer: to be tried again. */
export function createRegisterSources({ register, registerMode, leaverOf }: RegisterParts) {
  const performs = registerMode === 'performs';

  async function lookUp({ employee, system, known, leaver }: LookUpInput): Promise<Facts> {
    const facts = await register.facts(employee, system, known);
    return leaver ? { ...facts, leaver: (await leaverOf(employee)) ?? null } : facts;
  }

  return {
    lookUp,

    async detach(input) {
      if (performs) await register.detach(input.employee, input.system, input.assignments);
      return lookUp(input);
    },

    async remove(input) {
      // Where something is still attached nothing is removed, and the facts say so.
      if (performs) await register.remove(input.employee, input.system, input.roles, input.stranded);
      return lookUp(input);
    },
  } satisfies Pick<Sources, 'lookUp' | 'detach' | 'remove'>;
}
