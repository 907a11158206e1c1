// Every npm script goes through here: `node setup/prepare.mjs SCRIPT.ts [ARGUMENTS…]`. Plain JavaScript, since it runs
// on whatever Node the machine has (20 or later), before anything is installed.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The Node that runs TypeScript as it is; brought as the npm package `node-PLATFORM-ARCH` where the machine's is older. */
const NODE_VERSION = '24.21.0';
const OLDEST_WITH_TYPESCRIPT = 24;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, '.cache');

/** What could not be set up; the text says what was tried and what to do next. */
class SetUpError extends Error {}

/** Runs a program to its end and answers its output; throws where it cannot be started or fails. */
function run(command, args, cwd) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
      });
    child.on('error', (error) => fail(new SetUpError(`${command} cannot be run: ${error.message}`)));
    child.on('close', (code) =>
      code === 0
        ? done(output)
        : fail(new SetUpError(`${command} ${args.join(' ')} failed (${code}):\n${gist(output)}`)),
    );
  });
}

/** The first lines of what npm complains of, without its manual. */
const gist = (output) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('npm error') && line.trim() !== 'npm error')
    .slice(0, 8)
    .join('\n') || output.slice(-1000);

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/**
 * Does `work` in a folder of its own. What set-ups that were killed left behind is thrown away first. Nothing half done
 * is ever seen: whoever finishes moves the result into place, and of two at once the later one throws its own away.
 */
async function inTemporaryFolder(work) {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    const pid = Number(/^setup-(\d+)-/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
  const folder = join(cache, `setup-${process.pid}-${randomUUID().slice(0, 8)}`);
  mkdirSync(folder);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Moves a finished folder into place; what was there before goes to `discard`. Where another set-up has been faster,
 * its result stays: its program may already be running from there.
 */
function moveIntoPlace(finished, place, discard, isThere) {
  for (let attempt = 0; !isThere(); attempt++) {
    try {
      if (existsSync(place)) renameSync(place, `${discard}-${attempt}`);
      renameSync(finished, place);
      return;
    } catch (error) {
      // Another set-up came in between the lines above.
      const overtaken = ['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code) && attempt < 5;
      if (!overtaken) throw error;
    }
  }
}

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** Whether npm's own account of node_modules is that of the lock file, no more and no less (`npm ci` was run by hand). */
function isAsLocked(modules) {
  const locked = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!locked || !installed) return false;
  return (
    Object.keys(installed).every((path) => path in locked) &&
    Object.entries(locked).every(
      ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
    )
  );
}

/**
 * `npm ci`; where that refuses the lock file, `npm install` from the same lock file, whose result is checked instead: a
 * lock file written where a registry lacks the binaries of other platforms does not name them, and `npm ci` then gives up
 * on every platform.
 */
async function installLocked(folder) {
  const quietly = ['--no-audit', '--no-fund'];
  try {
    await run('npm', ['ci', ...quietly], folder);
  } catch (error) {
    if (!error.message.includes('EUSAGE')) throw error;
    await run('npm', ['install', ...quietly], folder);
    if (!isAsLocked(join(folder, 'node_modules'))) throw error;
  }
}

async function prepareModules(say) {
  const modules = join(root, 'node_modules');
  const stamp = join(modules, '.aterkalla-lock-hash');
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const isThere = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
  if (isThere()) return;
  if (!isAsLocked(modules)) {
    say('installing the packages of package-lock.json (npm ci), about a minute …');
    await inTemporaryFolder(async (folder) => {
      for (const name of ['package.json', 'package-lock.json', '.npmrc'])
        if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name));
      await installLocked(folder).catch((error) => {
        throw new SetUpError(
          `The packages could not be installed. ${error.message}\nCheck that npm reaches its registry, then try again.`,
        );
      });
      writeFileSync(join(folder, 'node_modules', '.aterkalla-lock-hash'), hash);
      moveIntoPlace(join(folder, 'node_modules'), modules, join(folder, 'old'), isThere);
    });
  }
  writeFileSync(stamp, hash);
}

/** Answers the path of a Node that runs TypeScript. */
async function prepareNode(say) {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_WITH_TYPESCRIPT) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const place = join(cache, 'node24');
  const program = join(place, 'node_modules', name, 'bin', 'node');
  const isThere = () =>
    existsSync(program) && readJson(join(place, 'node_modules', name, 'package.json'))?.version === NODE_VERSION;
  if (isThere()) return program;
  say(`this machine has Node ${process.versions.node}; bringing Node ${NODE_VERSION} into .cache …`);
  await inTemporaryFolder(async (folder) => {
    const fresh = join(folder, 'node24');
    mkdirSync(fresh);
    writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
    await run('npm', ['install', '--no-audit', '--no-fund', '--save-exact', `${name}@${NODE_VERSION}`], fresh).catch(
      (error) => {
        throw new SetUpError(
          `Node ${NODE_VERSION} could not be had as the npm package ${name}. ${error.message}\n` +
            'Install Node 24 or later yourself, or check that npm reaches its registry; then try again.',
        );
      },
    );
    moveIntoPlace(fresh, place, join(folder, 'old'), isThere);
  });
  return program;
}

/** Runs the script in this process where its Node can, else in a child that takes over streams, signals and exit status. */
async function runScript(node, script, args) {
  if (node === process.execPath) {
    process.argv = [process.argv[0], script, ...args];
    await import(pathToFileURL(script).href);
    return;
  }
  const child = spawn(node, [script, ...args], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches the child by itself as well: ending twice is ending once there.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${node} cannot be run: ${error.message}. Remove .cache/node24 and try again.`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/**
 * Sets up what is missing (packages, Node), then runs a TypeScript file of this project.
 *
 * @param script the file, absolute or relative to the project's folder.
 * @param args its arguments.
 * @param quiet says nothing while all goes well, for commands whose output others read.
 */
export async function prepareAndRun(script, args, { quiet = false } = {}) {
  const say = (text) => quiet || console.error(`set-up: ${text}`);
  try {
    await prepareModules(say);
    await runScript(await prepareNode(say), resolve(root, script), args);
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`set-up: ${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  if (script) await prepareAndRun(script, args);
  else {
    console.error('set-up: which script? Use: node setup/prepare.mjs SCRIPT.ts [ARGUMENTS…]');
    process.exitCode = 2;
  }
}
