import { CommanderError } from 'commander';
import { version } from '../activities/version.ts';
import { words } from '../texts/client.ts';
import { commandLineFaults } from '../texts/help.ts';
import { type Language, problems, type Text } from '../texts/problems.ts';
import { type AterkallaClient, connect } from './aterkalla.ts';
import { commands, type Logins, type Print, type Run } from './commands.ts';
import { asClientError, ClientError, type Exit } from './errors.ts';
import { logIn, logOut, whoActs } from './login.ts';

/**
 * Runs one command as a person typed it, printing on standard output and standard error.
 *
 * @param argv what follows the command's name; @param env the environment.
 * @returns the exit status (contract, "Exit status").
 */
export async function runCommandLine(argv: string[], env: NodeJS.ProcessEnv): Promise<0 | Exit> {
  // Known before the rest is understood, so that also what cannot be understood is answered as asked for.
  const json = argv.includes('--json');
  const spoken = languageIn(argv);
  let client: AterkallaClient | undefined;
  let exit: 0 | Exit = 0;

  const out = (text: string) => process.stdout.write(`${text}\n`);
  function fail(error: unknown, language: Language): void {
    const { code, text, more, exit: status } = asClientError(error);
    exit = status;
    const id = typeof more.id === 'string' ? ` ${words.commandId[language]}: --id ${more.id}` : '';
    if (json) out(JSON.stringify({ error: { ...more, code, message: text[language] } }));
    else process.stderr.write(`${words.error[language]}: ${text[language]}${id}\n`);
  }

  /** Runs one command's work. The language is asked for meanwhile. */
  const run: Run = async (given, work) => {
    let language = Promise.resolve<Language>(given.lang ?? spoken);
    const connected = async (as?: string) => {
      client = await connect(env);
      if (!given.lang && as) language = client.language(as).catch(() => spoken);
      return client;
    };
    let printed = Promise.resolve();
    const print: Print = (lines) => {
      printed = printed.then(async () => {
        const text = lines(await language).join('\n');
        if (!json && text) out(text);
      });
    };
    try {
      const result = await work(connected, print);
      exit = result.exit ?? 0;
      if (json) out(JSON.stringify(result.value));
      else print(result.lines);
    } catch (error) {
      fail(error, await language);
    }
    await printed;
  };

  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  try {
    const logins: Logins = {
      identify: (named) => whoActs(named, env),
      // Not part of the answer: standard output may be read by a program.
      logIn: () => logIn(env, (text) => process.stderr.write(`${text[spoken]}\n`)),
      logOut: () => logOut(env),
    };
    const all = commands(run, spoken, version, { writeOut: write, writeErr: write }, logins);
    await all.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const text = written.join('').trimEnd();
    if (error.exitCode === 0 && json)
      out(JSON.stringify(error.code === 'commander.version' ? { version } : { help: text }));
    else if (error.exitCode === 0) out(text);
    else fail(new ClientError('InvalidInput', problems.commandLine(faultOf(error)), { cause: error.code }), spoken);
  } finally {
    await client?.close();
  }
  return exit;
}

/** What was wrong with a command line, in words. */
function faultOf({ code, message }: CommanderError): Text {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  const en = code === 'commander.help' ? 'no command' : message.replace(/^error: /, '').replaceAll('\n', ' ');
  return { sv: commandLineFaults[code]?.(quoted) ?? en, en };
}

/** The language that a command line names; Swedish where it names none that there is. */
function languageIn(argv: readonly string[]): Language {
  const at = argv.findLastIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const said = argv[at]?.includes('=') ? argv[at].split('=')[1] : argv[at + 1];
  return at >= 0 && said === 'en' ? 'en' : 'sv';
}
