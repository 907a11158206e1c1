import type { Client } from '@temporalio/client';
import type { Assignment, Facts } from '../machines/register.ts';
import { deciders, leaverDeciders, proposers, warningsOf } from '../machines/rights.ts';
import { problems } from '../texts/problems.ts';
import type { CaseStatus } from './caseStatus.ts';
import { findCase } from './findCase.ts';
import type { KeptCases } from './followCases.ts';
import type { ListedCase } from './listCases.ts';
import { type MayDo, mayDoNow, mayRead, mayReadCasesOf, type Task, tasksOf } from './mayAct.ts';
import type { NamedIds, Names, RegisterStore } from './ports.ts';
import { problem } from './problem.ts';
import { queryStatus } from './queryCase.ts';

/**
 * The activities that answer the portal's questions. Each looks at the register when it is asked, so that nobody sees or
 * does more than the register says at that moment. Temporal forgets the answers once they are given (`client/ask.ts`).
 */

/** Somebody who is logged in. */
export type Somebody = {
  id: string;
  name: string;
  functions: string[];
  language: 'sv' | 'en';
  roles: string[];
  manages: boolean;
  detaches: boolean;
};

/** A member of staff. */
export type Employee = {
  id: string;
  manager: string | null;
  roles: string[];
  assignments: Place[];
  flags: string[];
  open: ListedCase[];
};

/** An assignment and where it is. */
export type Place = Pick<Assignment, 'id' | 'role' | 'organisation' | 'intervention' | 'form'>;

/** What a person may do with an employee's authorisation, beside what a preview says. */
export type MayOrder = { isDecider: boolean; mayOrder: boolean; maySayLeaves: boolean; open: ListedCase[] };

/** A case as one person may see it. */
export type SeenCase = {
  status: CaseStatus;
  /** Its last run, where it is in Temporal UI. */
  workflowId: string;
  runId: string;
  tasks: Task[];
  may: MayDo[];
  places: Place[];
  isAuditor: boolean;
};

const system = 'SUS';

const placeOf = ({ id, role, organisation, intervention, form }: Assignment): Place => ({
  id,
  role,
  organisation,
  intervention,
  form,
});

type Needs = { register: RegisterStore; client: Client; kept: KeptCases };

/** @returns the activities, to be registered with the worker beside the others. */
export function createPortalActivities({ register, client, kept }: Needs) {
  async function openCasesOf(employees: string[]): Promise<ListedCase[]> {
    const wanted = new Set(employees);
    return (await kept.open()).filter(({ employee }) => wanted.has(employee));
  }

  const unknown = (person: string) => problem('NotFound', problems.unknownPerson(person), { person });

  return {
    /** Who this is; null where the register does not know them (any more). */
    async whoIs({ person }: { person: string }): Promise<Somebody | null> {
      const { person: known, decidesOn, organisations } = await register.responsibilities(person);
      if (known === null) return null;
      const { id, name, functions, language } = known;
      const { roles } = await register.facts(person, system);
      return {
        id,
        name,
        functions,
        language,
        roles,
        manages: decidesOn.length > 0,
        detaches: organisations.length > 0,
      };
    },

    /** Everybody on whom this person decides, with what they hold and what is open for them. */
    async staffOf({ person }: { person: string }): Promise<Employee[]> {
      const { person: known, decidesOn } = await register.responsibilities(person);
      if (known === null) throw unknown(person);
      const [facts, open] = await Promise.all([register.factsOfAll(decidesOn, system), openCasesOf(decidesOn)]);
      return [...facts.values()].map((shown) => ({
        id: shown.employee,
        manager: shown.manager?.id ?? null,
        roles: shown.roles,
        assignments: shown.assignments.map(placeOf),
        flags: warningsOf(shown, []),
        open: open.filter(({ employee }) => employee === shown.employee),
      }));
    },

    /** Who stands in for this person, and for whom they stand in. */
    async standIns({ person }: { person: string }): Promise<{ mine: string[]; iStandInFor: string[] }> {
      const { person: known, decidesFor } = await register.responsibilities(person);
      if (known === null) throw unknown(person);
      return { mine: known.deputies, iStandInFor: decidesFor.filter((id) => id !== person) };
    },

    /** What a person may start for an employee, and what is open already; refused as a preview is. */
    async mayOrder({ employee, person }: { employee: string; person: string }): Promise<MayOrder> {
      const [facts, known] = await Promise.all([register.facts(employee, system), register.person(person)]);
      if (!facts.known) throw problem('NotFound', problems.unknownPerson(employee), { person: employee });
      if (!proposers(facts).includes(person) && !mayReadCasesOf(facts, person, known))
        throw problem('Refused', problems.mayNotPreview(person, employee));
      return {
        isDecider: deciders(facts).includes(person),
        mayOrder: known !== null && proposers(facts).includes(person),
        maySayLeaves: leaverDeciders(facts).includes(person),
        open: await openCasesOf([employee]),
      };
    },

    /** A case with what this person may do in it; refused where they may not read it. */
    async seeCase({ request, person }: { request: string; person: string }): Promise<SeenCase> {
      const found = await findCase(client, request);
      if (found === null) throw problem('NotFound', problems.noSuchCase(request), { request });
      const status = await queryStatus(found.read);
      const [facts, known]: [Facts, Awaited<ReturnType<typeof register.person>>] = await Promise.all([
        register.facts(status.employee, system),
        register.person(person),
      ]);
      if (!mayRead(facts, status, person, known))
        throw problem('Refused', problems.mayNotRead(person, found.request), { request: found.request });
      return {
        status,
        workflowId: found.workflowId,
        runId: found.runId,
        tasks: known ? tasksOf(facts, status, person) : [],
        may: known ? mayDoNow(facts, status, person) : [],
        places: facts.assignments.map(placeOf),
        isAuditor: known?.functions.includes('auditor') ?? false,
      };
    },

    /** What ids are called. */
    namesOf: (ids: NamedIds): Promise<Names> => register.names(ids),
    /** People by id or by a part of their name. */
    findPeople: ({ text }: { text: string }): Promise<string[]> => register.findPeople(text, 50),
  };
}

export type PortalActivities = ReturnType<typeof createPortalActivities>;
