import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Command, Option, type OutputConfiguration } from 'commander';
import type { Answer, CaseStatus } from '../activities/caseStatus.ts';
import { words } from '../texts/client.ts';
import { commandTexts, libraryWords, optionTexts } from '../texts/help.ts';
import { type Language, problems } from '../texts/problems.ts';
import type { AterkallaClient } from './aterkalla.ts';
import { checkNode, unreachable } from './doctor.ts';
import { asClientError, ClientError, type Exit } from './errors.ts';
import { answerLines, caseLines, doctorLines, previewLines, recordLines, statusLines, taskLines } from './print.ts';

/** What a command gives: a value for programs, lines for people, and where all is not well an exit status. */
export type Result = { value: unknown; lines: (language: Language) => string[]; exit?: Exit | 0 };
/** Options that every command takes. */
export type Common = { as?: string | undefined; json?: true; id?: string; lang?: Language };
/** Connects. @param as whose language is spoken, unless another was asked for. */
export type Connect = (as?: string) => Promise<AterkallaClient>;
/** Runs one command's work, and prints what it gives. */
export type Run = (given: Common, work: (connect: Connect, print: Print) => Promise<Result>) => Promise<void>;
/** Who acts, by what a command names. */
export type Identify = (named: string | undefined) => Promise<string | undefined>;
/** What only the command line knows how to do: log in, log out. */
export type Logins = {
  identify: Identify;
  logIn(): Promise<string>;
  logOut(): Promise<void>;
};
/** Prints lines at once, before the command is done; nothing where the answer is JSON. */
export type Print = (lines: (language: Language) => string[]) => void;

type Given = Common & {
  role?: string[];
  acknowledge?: string[];
  reason?: string;
  note?: string;
  on?: string;
  watch?: true;
  employee?: string;
  manager?: string;
  state?: string;
  open?: true;
  ended?: true;
  overdue?: true;
};

const values: Readonly<Record<string, string>> = {
  as: 'PERSON',
  id: 'ID',
  role: 'ROLE',
  acknowledge: 'WARNING',
  reason: 'TEXT',
  note: 'TEXT',
  on: 'YYYY-MM-DD',
  employee: 'PERSON',
  manager: 'PERSON',
  state: 'STATE',
};
const repeated = new Set(['role', 'acknowledge']);

type OptionName = keyof typeof optionTexts;
type CommandName = keyof typeof commandTexts;

/** How often a case that is watched is looked at, in milliseconds. */
const watchEvery = 1000;

/**
 * The command line: all commands of the contract.
 *
 * @param run runs a command's work; @param language of the help; @param output where help and faults go.
 */
export function commands(
  run: Run,
  language: Language,
  version: string,
  output: OutputConfiguration,
  logins: Logins,
): Command {
  const option = (name: OptionName, mandatory = false) => {
    const value = values[name] ?? (name === 'lang' ? 'sv|en' : '');
    const made = new Option(`--${name}${value && ` <${value}>`}`, optionTexts[name][language]);
    if (name === 'lang') made.choices(['sv', 'en']);
    if (name === 'ended') made.conflicts('open');
    if (repeated.has(name)) made.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
    return made.makeOptionMandatory(mandatory);
  };
  const dressed = (command: Command, name: keyof typeof commandTexts) => {
    command.description(commandTexts[name][language]).helpOption('-h, --help', optionTexts.help[language]);
    command.helpCommand(false).exitOverride().configureOutput(output);
    const spoken = (word: string) => (language === 'sv' ? (libraryWords[word] ?? word) : word);
    command.configureHelp({
      styleTitle: spoken,
      styleOptionText: spoken,
      styleSubcommandText: spoken,
      // The choices are in the option's form already.
      optionDescription: ({ description }) => description,
    });
    for (const common of ['as', 'json', 'id', 'lang'] as const) command.addOption(option(common));
    return command;
  };

  const program = dressed(new Command('aterkalla'), 'program');
  program.version(version, '--version', optionTexts.version[language]);
  const register = dressed(new Command('register'), 'register');

  type Work = (given: Given, args: string[], client: AterkallaClient, print: Print) => Promise<Result>;
  type Offer = { needs?: readonly OptionName[]; takes?: readonly OptionName[] };

  /** One command. @param form its name and arguments; @param offer options that it needs, and that it takes. */
  function command(parent: Command, form: `${CommandName}${'' | ` ${string}`}`, { needs = [], takes = [] }: Offer) {
    const [name = '', ...args] = form.split(' ');
    const made = dressed(new Command(name), isCommand(name) ? name : 'program');
    for (const argument of args) made.argument(argument);
    for (const needed of needs) made.addOption(option(needed, true));
    for (const taken of takes) made.addOption(option(taken));
    parent.addCommand(made);
    return made;
  }
  function add(parent: Command, form: `${CommandName}${'' | ` ${string}`}`, offer: Offer, work: Work) {
    const made = command(parent, form, offer);
    made.action(() => {
      const given = made.optsWithGlobals<Given>();
      return run(given, async (connect, print) => {
        const as = await logins.identify(given.as);
        return work({ ...given, as }, made.args, await connect(as), print);
      });
    });
  }

  add(program, 'preview <EMPLOYEE>', { takes: ['role'] }, async (given, [employee = ''], client) => {
    const preview = await client.preview(employee, given.role, given.as);
    return { value: preview, lines: (language) => previewLines(preview, language) };
  });
  add(
    program,
    'remove <EMPLOYEE>',
    { takes: ['role', 'reason', 'acknowledge'] },
    async (given, [employee = ''], client) => {
      const { role: roles, reason, acknowledge: acknowledged } = given;
      return answered(await client.remove(employee, { ...who(given), roles, reason, acknowledged }));
    },
  );
  add(
    program,
    'decide <REQUEST> <remove|keep>',
    { takes: ['role', 'acknowledge', 'note'] },
    async (given, args, client) => {
      const [request = '', decision = ''] = args;
      const { role: roles, acknowledge: acknowledged, note } = given;
      return answered(await client.decide(request, decision, { ...who(given), roles, acknowledged, note }));
    },
  );
  add(
    program,
    'detached <REQUEST> [ASSIGNMENT...]',
    { takes: ['note'] },
    async (given, [request = '', ...named], client) =>
      answered(await client.detached(request, named, { ...who(given), note: given.note })),
  );
  add(
    program,
    'stranded <REQUEST> <ASSIGNMENT...>',
    { needs: ['note'] },
    async (given, [request = '', ...named], client) =>
      answered(await client.stranded(request, named, { ...who(given), note: given.note ?? '' })),
  );
  add(program, 'removed <REQUEST>', { takes: ['note'] }, async (given, [request = ''], client) =>
    answered(await client.removed(request, { ...who(given), note: given.note })),
  );
  add(program, 'return <REQUEST>', { needs: ['reason'] }, async (given, [request = ''], client) =>
    answered(await client.returned(request, { ...who(given), reason: given.reason ?? '' })),
  );
  add(program, 'withdraw <REQUEST>', { needs: ['reason'] }, async (given, [request = ''], client) =>
    answered(await client.withdraw(request, { ...who(given), reason: given.reason ?? '' })),
  );
  add(program, 'leaves <EMPLOYEE>', { needs: ['on'] }, async (given, [employee = ''], client) =>
    answered(await client.leaves(employee, { ...who(given), on: given.on ?? '' })),
  );
  add(program, 'change-date <REQUEST>', { needs: ['on'] }, async (given, [request = ''], client) =>
    answered(await client.changeDate(request, { ...who(given), on: given.on ?? '' })),
  );
  add(program, 'stays <REQUEST>', { needs: ['reason'] }, async (given, [request = ''], client) =>
    answered(await client.stays(request, { ...who(given), reason: given.reason ?? '' })),
  );
  add(program, 'status <REQUEST>', { takes: ['watch'] }, async (given, [request = ''], client, print) => {
    const status = await client.status(request, given.as);
    if (!given.watch) return { value: status, lines: (language) => statusLines(status, language) };
    return watch(status, client, print);
  });
  add(program, 'record <REQUEST>', {}, async (given, [request = ''], client) => {
    const { record } = await client.status(request, given.as);
    return { value: record, lines: (language) => recordLines(record, language) };
  });
  add(program, 'tasks', {}, async (given, _, client) => {
    const tasks = await client.tasks(who(given).by);
    return { value: tasks, lines: (language) => taskLines(tasks, language) };
  });
  const filters = ['employee', 'manager', 'state', 'open', 'ended', 'overdue'] as const;
  add(program, 'cases', { takes: filters }, async (given, _, client) => {
    const { employee, manager, state, open, ended, overdue } = given;
    const cases = await client.cases({ employee, manager, state, open, ended, overdue }, given.as);
    return { value: cases, lines: (language) => caseLines(cases, language) };
  });
  const entering = command(program, 'login', {});
  entering.action(() =>
    run(entering.optsWithGlobals<Given>(), async () => {
      const person = await logins.logIn();
      return { value: { person }, lines: () => [person] };
    }),
  );
  const leaving = command(program, 'logout', {});
  leaving.action(() =>
    run(leaving.optsWithGlobals<Given>(), async () => {
      await logins.logOut();
      return done();
    }),
  );
  const looking = command(program, 'doctor', {});
  looking.action(() => run(looking.optsWithGlobals<Given>(), lookAround));
  add(register, 'import <FILE>', {}, async (_, [file = ''], client) => {
    await client.register.import(await jsonFile(file));
    return done('imported');
  });
  add(register, 'show [PERSON]', {}, async (_, [person], client) => {
    const shown = await client.register.show(person);
    return { value: shown, lines: () => [JSON.stringify(shown, null, 2)] };
  });
  add(register, 'set <PERSON>', { takes: ['role'] }, async (given, [person = ''], client) => {
    await client.register.set(person, given.role ?? []);
    return done();
  });
  add(register, 'detach <ASSIGNMENT>', {}, async (_, [assignment = ''], client) => {
    await client.register.detach(assignment);
    return done();
  });
  program.addCommand(register);
  return program;
}

const isCommand = (name: string): name is CommandName => name in commandTexts;

/** Who acts. @throws {@link ClientError} with exit status 2 where nobody is named. */
function who({ as, id }: Pick<Given, 'as' | 'id'>): { by: string; id: string | undefined } {
  if (as === undefined) throw new ClientError('InvalidInput', problems.whoActs(), { field: '--as' });
  return { by: as, id };
}

const answered = (answer: Answer): Result => ({ value: answer, lines: (language) => answerLines(answer, language) });
const done = (word: 'done' | 'imported' = 'done'): Result => ({
  value: { done: true },
  lines: (language) => [words[word][language]],
});

/** Is everything there? What cannot be reached is part of the answer. */
async function lookAround(connect: Connect): Promise<Result> {
  const checks = await connect()
    .then((client) => client.doctor())
    .catch((error: unknown) => [checkNode(), unreachable(asClientError(error).text)]);
  const worst = checks.find(({ ok }) => !ok);
  return {
    value: { ok: !worst, checks },
    lines: (language) => doctorLines(checks, language),
    exit: worst?.exit ?? 0,
  };
}

/** Follows a case until it ends: first the whole, then what is new. */
async function watch(first: CaseStatus, client: AterkallaClient, print: Print): Promise<Result> {
  let status = first;
  print((language) => statusLines(first, language));
  while (status.outcome === null) {
    await pause(watchEvery);
    const next = await client.status(status.request);
    const news = next.record.slice(status.record.length);
    if (news.length > 0) print((language) => recordLines(news, language));
    if (next.state !== status.state) print((language) => answerLines(next, language));
    status = next;
  }
  return { value: status, lines: () => [] };
}

async function jsonFile(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClientError('InvalidInput', problems.fileUnreadable(file, why), { file });
  }
}
