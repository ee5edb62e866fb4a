/**
 * The launcher on a clone where nothing is installed: what it installs, when it does not, and what it says when it
 * cannot. npm, apt-get and the pinned Node are stand-ins that note how they were called.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { RealProcess, runProgram } from './support/real-process.ts';
import { TemporaryDirectory } from './support/temporary-directory.ts';

const LAUNCHER = join(import.meta.dirname, '../scripts/run.mjs');

class Clone implements Disposable {
  readonly directory = new TemporaryDirectory();

  constructor({ npm = installsNode }: { npm?: string } = {}) {
    mkdirSync(this.directory.join('scripts'));
    mkdirSync(this.directory.join('bin'));
    cpSync(LAUNCHER, this.directory.join('scripts/run.mjs'));
    this.lock('1.0.0');
    this.program('npm', npm);
    // Nothing else of the machine's own programs can be found, but the shell that runs these.
    for (const name of ['sh', 'mkdir', 'cat', 'chmod', 'sleep'])
      symlinkSync(`/bin/${name}`, this.directory.join(`bin/${name}`));
  }

  lock(version: string): void {
    const lock = { packages: { '': {}, 'node_modules/node': { version } } };
    this.directory.write('package-lock.json', JSON.stringify(lock));
  }

  program(name: string, script: string): void {
    chmodSync(
      this.directory.write(
        join('bin', name),
        `#!/bin/sh\necho "${name} $*" >> ${this.directory.join('calls')}\n${script}`,
      ),
      0o755,
    );
  }

  calls(): string[] {
    const file = this.directory.join('calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  run(...args: string[]) {
    const { path } = this.directory;
    const env = { PATH: join(path, 'bin'), npm_execpath: '' };
    return runProgram(process.execPath, [join(path, 'scripts/run.mjs'), ...args], { cwd: path, env });
  }

  [Symbol.dispose](): void {
    this.directory[Symbol.dispose]();
  }
}

/** What `npm ci` does, with a "Node" that only says what it was asked to run. */
const installsNode = `mkdir -p node_modules/.bin
cat > node_modules/.bin/node <<'EOF'
#!/bin/sh
echo "handed over: $*"
exit 7
EOF
chmod +x node_modules/.bin/node
`;

/** A "Node" that runs until it is asked to stop, or for half a minute. It says so in a file: nobody may be left to read its output. */
const installsEndlessNode = `mkdir -p node_modules/.bin
cat > node_modules/.bin/node <<'EOF'
#!/bin/sh
trap 'echo stopped > ended; exit 0' TERM
echo handed over
left=600
while [ $left -gt 0 ]; do left=$((left - 1)); sleep 0.05; done
EOF
chmod +x node_modules/.bin/node
`;

const ends = (path: string) => expect.stringMatching(new RegExp(`handed over: \\S+/${path}`));

test('the first run installs the packages and hands over; the second installs nothing', async () => {
  using clone = new Clone();
  const first = await clone.run('check', '--flag');
  expect(first).toMatchObject({ code: 7, output: ends('scripts/check.ts --flag') });
  expect(first.output).toContain('Installing the npm packages');
  const second = await clone.run('check');
  expect(second.output).not.toContain('Installing');
  expect(clone.calls()).toHaveLength(1);
  expect(clone.calls()[0]).toMatch(/^npm ci .*--no-audit/);
});

test('a changed lock file is installed again', async () => {
  using clone = new Clone();
  await clone.run('check');
  clone.lock('1.0.1');
  await clone.run('check');
  expect(clone.calls()).toHaveLength(2);
});

test('packages that somebody installed by hand from the same lock file are left alone', async () => {
  using clone = new Clone();
  await runProgram(join(clone.directory.path, 'bin/npm'), [], { cwd: clone.directory.path });
  clone.directory.write('node_modules/.package-lock.json', '{"packages": {"node_modules/node": {"version": "1.0.0"}}}');
  await clone.run('check');
  expect(clone.calls()).toHaveLength(1);
  clone.lock('1.0.1');
  await clone.run('check');
  expect(clone.calls()).toHaveLength(2);
});

test('when npm fails, its words are shown, nothing is run, and the next run tries again', async () => {
  using clone = new Clone({ npm: 'echo "network is down" >&2; exit 1' });
  const result = await clone.run('check');
  expect(result.code).toBe(1);
  expect(result.output).toContain('network is down');
  expect(result.output).toContain('npm ci failed');
  await clone.run('check');
  expect(clone.calls()).toHaveLength(2);
});

test('for tests, missing programs are installed from Debian, or named with how to get them', async () => {
  using clone = new Clone();
  clone.program('apt-get', 'exit 0');
  for (const name of ['openssl', 'docker-compose', 'systemd-analyze', 'faketime', 'chromium'])
    clone.program(name, 'exit 0');
  const result = await clone.run('test');
  expect(result.output).toContain('scripts/test.ts');
  const calls = clone.calls().filter((call) => call.startsWith('apt-get'));
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    expect(calls).toEqual([
      'apt-get update',
      'apt-get install -y --no-install-recommends prometheus prometheus-alertmanager',
    ]);
  } else {
    expect(calls).toEqual([]);
    expect(result.output).toMatch(/eeded.*prometheus-alertmanager/);
  }
});

test('starting needs no programs of others', async () => {
  using clone = new Clone();
  clone.program('apt-get', 'exit 0');
  const result = await clone.run('start');
  expect(result.output).toContain('scripts/start.ts');
  expect(clone.calls().filter((call) => call.startsWith('apt-get'))).toEqual([]);
});

test('a node does not outlive the npm that runs it', async () => {
  using clone = new Clone({ npm: installsEndlessNode });
  const { path } = clone.directory;
  const env = { PATH: join(path, 'bin'), npm_execpath: '', npm_lifecycle_event: 'start' };
  const launcher = join(path, 'scripts/run.mjs');
  await using shell = RealProcess.start('/bin/sh', ['-c', `'${process.execPath}' '${launcher}' start & wait`], {
    cwd: path,
    env,
  });
  await shell.waitForLine(/handed over/, { timeoutMs: 20_000 });
  shell.signal('SIGTERM');
  await eventually('the node was asked to stop', () => existsSync(clone.directory.join('ended')));
});

test('a script that does not exist is answered with those that do', async () => {
  using clone = new Clone();
  const result = await clone.run('constructor');
  expect(result.code).toBe(1);
  expect(result.output).toContain('start|test|fire|resolve|kill|revive|check');
  expect(clone.calls()).toEqual([]);
});
