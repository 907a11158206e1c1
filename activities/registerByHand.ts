import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { problems } from '../texts/problems.ts';
import type { RegisterStore } from './ports.ts';
import { problem } from './problem.ts';
import { version } from './version.ts';

/** What people who run the system do with the register by hand: take in a file, look, change it as SUS would. */

const refused = z.looseObject({ name: z.literal('RegisterFileRefused'), faults: z.array(z.string()) });

/** Packs a register for its way through Temporal, which takes 2 MB at most. */
export const pack = (file: unknown): string => gzipSync(JSON.stringify(file)).toString('base64');
/** Unpacks what {@link pack} made. */
export const unpack = (packed: string): unknown => JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString());

/** @returns the activities `registerImport`, `registerShow`, `registerSet`, `registerDetach` and `registerAnswers`. */
export function createRegisterActivities(register: RegisterStore) {
  const known = async (person: string) => {
    if ((await register.person(person)) === null) throw problem('NotFound', problems.unknownPerson(person), { person });
  };

  return {
    /** Takes in a packed register file; one that does not fit is refused whole, with every fault. */
    async registerImport({ packed }: { packed: string }): Promise<null> {
      try {
        await register.importFile(unpack(packed));
      } catch (error) {
        const faulty = error instanceof Error ? z.safeParse(refused, { ...error, name: error.name }) : null;
        if (!faulty?.success) throw error;
        throw problem('InvalidInput', problems.fileRefused(faulty.data.faults), { faults: faulty.data.faults });
      }
      return null;
    },

    /** What the register holds, packed, in the file's own form. */
    async registerShow({ person }: { person?: string }): Promise<string> {
      if (person !== undefined) await known(person);
      return pack(await register.exportFile(person));
    },

    /** Gives a person exactly these roles; none: the authorisation goes. */
    async registerSet({ person, system, roles }: { person: string; system: string; roles: string[] }): Promise<null> {
      await known(person);
      const every = await register.everyRole();
      const unknown = roles.filter((role) => !every.includes(role));
      if (unknown.length > 0) throw problem('InvalidInput', problems.unknownRole(unknown, every), { roles: unknown });
      await register.setRoles(person, system, roles);
      return null;
    },

    /** Takes an assignment away. */
    async registerDetach({ assignment }: { assignment: string }): Promise<null> {
      if (!(await register.detachAssignment(assignment)))
        throw problem('NotFound', problems.unknownAssignment(assignment), { assignment });
      return null;
    },

    /** For `doctor`: that the register answers, and what the worker runs on. */
    async registerAnswers(_: Record<string, never>): Promise<{ version: string; node: string }> {
      await register.everyRole();
      return { version, node: process.versions.node };
    },
  };
}
