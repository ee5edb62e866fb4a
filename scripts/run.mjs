/**
 * The door of `npm start`, `npm test` and the other scripts. It runs on any Node from 20 on and without any package
 * installed: installs what is missing, once, then hands over to scripts/<name>.ts, run by the Node that
 * package-lock.json pins. A second run installs nothing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const PINNED_NODE = join(ROOT, 'node_modules/.bin/node');
const LOCK_HASH_FILE = join(ROOT, 'node_modules/.tocsin-lock-hash');
const OLDEST_NODE = 20;
const PARENT_LOOK_MS = 250;
/** Asked at once: later it may be gone already. */
const PARENT = process.ppid;

/** Those of `needsPrograms` run against other people's programs. */
const SCRIPTS = new Map([
  ['start', { file: 'scripts/start.ts' }],
  ['test', { file: 'scripts/test.ts', needsPrograms: true }],
  ['fire', { file: 'scripts/fire.ts' }],
  ['resolve', { file: 'scripts/resolve.ts' }],
  ['kill', { file: 'scripts/kill.ts' }],
  ['revive', { file: 'scripts/revive.ts' }],
  ['check', { file: 'scripts/check.ts' }],
  ['build', { file: 'scripts/build.ts' }],
  ['openapi', { file: 'scripts/openapi.ts' }],
  ['simulate', { file: 'test/simulation/hunt.ts' }],
  ['simulation-numbers', { file: 'test/simulation/numbers.ts' }],
  ['bench', { file: 'bench/ingest.ts', needsPrograms: true }],
  ['bench-cluster', { file: 'bench/cluster.ts', needsPrograms: true }],
  ['bench-web', { file: 'bench/web.ts', needsPrograms: true }],
  ['pictures', { file: 'scripts/pictures.ts', needsPrograms: true }],
  ['prove', { file: 'scripts/prove.ts', needsPrograms: true }],
]);

/** What tests and benchmarks run against, by the Debian package that has it. */
const TEST_PROGRAMS = [
  { program: 'prometheus', debianPackage: 'prometheus' },
  { program: 'prometheus-alertmanager', debianPackage: 'prometheus-alertmanager' },
  { program: 'amtool', debianPackage: 'prometheus-alertmanager' },
  { program: 'openssl', debianPackage: 'openssl' },
  { program: 'ngircd', debianPackage: 'ngircd' },
  { program: 'nginx', debianPackage: 'nginx-light' },
  { program: 'docker-compose', debianPackage: 'docker-compose' },
  { program: 'systemd-analyze', debianPackage: 'systemd' },
  { program: 'faketime', debianPackage: 'faketime' },
  { program: 'chromium', debianPackage: 'chromium' },
];

/** Daemons, which are on the PATH of root only; and docker's plugins, which are programs of their own. */
const OFF_PATH = ['/usr/sbin', '/usr/libexec/docker/cli-plugins', '/usr/lib/docker/cli-plugins'];

/** Keeps Debian from starting a service that is being installed; 101 means "action forbidden by policy". */
const SERVICE_POLICY_FILE = '/usr/sbin/policy-rc.d';
const SERVICE_POLICY = '#!/bin/sh\nexit 101\n';

main(process.argv.slice(2));

function main([name, ...args]) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    stop(`Node ${process.versions.node} is too old to install Tocsin; use Node ${OLDEST_NODE} or newer.`);
  }
  const script = SCRIPTS.get(name);
  if (!script) stop(`Usage: node scripts/run.mjs ${[...SCRIPTS.keys()].join('|')} [arguments]`);
  installPackages();
  if (script.needsPrograms) installTestPrograms();
  handOver(join(ROOT, script.file), args);
}

function installPackages() {
  const lockText = readFileSync(join(ROOT, 'package-lock.json'));
  const lockHash = createHash('sha256').update(lockText).digest('hex');
  if (!existsSync(PINNED_NODE) || (readIfPresent(LOCK_HASH_FILE) !== lockHash && !holdsWhatIsLocked(lockText))) {
    say('Installing the npm packages …');
    const sinceMs = Date.now();
    runNpm(['ci', '--loglevel=error', '--no-audit', '--no-fund', '--ignore-scripts=false', '--include=dev']);
    if (!existsSync(PINNED_NODE)) stop('npm ci did not install the pinned Node; see package.json, "allowScripts".');
    say(`Installed in ${seconds(sinceMs)}.`);
  }
  if (readIfPresent(LOCK_HASH_FILE) !== lockHash) writeFileSync(LOCK_HASH_FILE, lockHash);
}

/** True if somebody has run npm by hand for this very lock file; npm leaves a copy of what it installed. */
function holdsWhatIsLocked(lockText) {
  const installedText = readIfPresent(join(ROOT, 'node_modules/.package-lock.json'));
  if (installedText === undefined) return false;
  const installed = JSON.parse(installedText).packages;
  return Object.entries(JSON.parse(lockText).packages).every(
    ([path, entry]) =>
      path === '' ||
      (installed[path] ? installed[path].version === entry.version : entry.optional === true || entry.peer === true),
  );
}

/** Silent unless it fails. */
function runNpm(args) {
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [program, ...before] = npm;
  const result = spawnSync(program, [...before, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  stop(`npm ${args[0]} failed${result.error ? `: ${result.error.message}` : ''}. It needs access to the npm registry.`);
}

/** Without them, and without the right to install them, the tests that need them fail and say so; none is skipped. */
function installTestPrograms() {
  const missing = TEST_PROGRAMS.filter(({ program }) => !isOnPath(program));
  if (missing.length === 0) return;
  const programs = missing.map(({ program }) => program).join(', ');
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  if (!existsSync('/etc/debian_version') || !isOnPath('apt-get')) {
    say(`These programs are needed and not installed: ${programs}.`);
    return;
  }
  if (process.getuid?.() !== 0) {
    say(
      `Needed and not installed: ${programs}. To install them: sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
    );
    return;
  }
  say(`Installing ${packages.join(' and ')} from Debian …`);
  const sinceMs = Date.now();
  const ownPolicy = !existsSync(SERVICE_POLICY_FILE);
  if (ownPolicy) writeFileSync(SERVICE_POLICY_FILE, SERVICE_POLICY, { mode: 0o755 });
  try {
    runApt(['update']);
    runApt(['install', '-y', '--no-install-recommends', ...packages]);
  } finally {
    if (ownPolicy) rmSync(SERVICE_POLICY_FILE);
  }
  say(`Installed in ${seconds(sinceMs)}.`);
}

function runApt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const result = spawnSync('apt-get', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  say(`apt-get ${args[0]} failed; what needs these programs will fail and say so.`);
}

/**
 * npm and the terminal may each send the same Ctrl-C, to this process and to the script's. The script alone decides
 * when to end; this process passes on what it is sent and ends as the script does.
 */
function handOver(script, args) {
  const path = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`;
  const child = spawn(PINNED_NODE, [script, ...args], { stdio: 'inherit', env: { ...process.env, PATH: path } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWithNpm(child);
  child.on('error', (error) => stop(`The pinned Node could not be started: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

/**
 * npm hands a SIGTERM to the shell it runs this in, and the shell dies of it without a word to anybody. Started by hand,
 * this process may outlive whoever started it, as under nohup.
 */
function stopWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const look = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(look);
    child.kill('SIGTERM');
  }, PARENT_LOOK_MS);
}

function isOnPath(program) {
  return [...(process.env.PATH ?? '').split(delimiter), ...OFF_PATH].some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function readIfPresent(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function stop(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
