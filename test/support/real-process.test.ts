/** Child processes are heard, signalled and surely ended; servers of all three kinds come up on free ports. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RealProcess, runProgram } from './real-process.ts';
import { startAlertmanager, startPrometheus, startTocsin } from './real-servers.ts';

const startNode = (script: string) => RealProcess.start(process.execPath, ['-e', script]);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a process', () => {
  test('is heard line by line, on either stream', async () => {
    await using child = startNode(`
      process.stdout.write('half a ');
      setTimeout(() => process.stdout.write('line\\nport=80'), 20);
      process.stderr.write('warning\\n');
    `);
    await child.waitForLine(/^half a line$/, { timeoutMs: 10_000 });
    await child.waitForLine(/^warning$/, { timeoutMs: 10_000 });
    const match = await child.waitForLine(/^port=(\d+)$/, { timeoutMs: 10_000 });
    expect(match[1]).toBe('80');
    expect(child.stdout).toBe('half a line\nport=80');
  });

  test('is ended with the block', async () => {
    let pid = 0;
    {
      await using child = startNode('setInterval(() => {}, 1000); console.log("up")');
      await child.waitForLine(/up/, { timeoutMs: 10_000 });
      pid = child.pid;
      expect(isAlive(pid)).toBe(true);
    }
    expect(isAlive(pid)).toBe(false);
  });

  test('that ends before it wrote the line fails the wait, with its last words', async () => {
    await using child = startNode('console.error("disk full"); process.exitCode = 3');
    await expect(child.waitForLine(/ready/, { timeoutMs: 10_000 })).rejects.toThrow(
      /ended \(exit code 3\) without a line like \/ready\/; its last lines:\n {2}disk full/,
    );
    expect(await child.exited).toEqual({ code: 3, signal: null });
  });

  test('that says nothing fails the wait at its deadline', async () => {
    await using child = startNode('setInterval(() => {}, 1000)');
    await expect(child.waitForLine(/ready/, { timeoutMs: 20 })).rejects.toThrow(
      'wrote no line like /ready/ within 20 ms',
    );
  });

  test('can be frozen, and is stopped all the same', async () => {
    await using child = startNode(
      'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up")',
    );
    await child.waitForLine(/up/, { timeoutMs: 10_000 });
    child.signal('SIGSTOP');
    expect(await child.stop()).toEqual({ code: 7, signal: null });
  });

  test('that ignores SIGTERM is killed, and that is a failure', async () => {
    await using child = startNode('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")');
    await child.waitForLine(/up/, { timeoutMs: 10_000 });
    await expect(child.stop({ timeoutMs: 50 })).rejects.toThrow('did not end within 50 ms of SIGTERM');
    expect(isAlive(child.pid)).toBe(false);
  });

  test('that is not installed is named, with the package that has it', async () => {
    expect(() => RealProcess.start('no-such-program')).toThrow(/needs the program "no-such-program"/);
  });

  test('can be run to its end with input', async () => {
    const result = await runProgram(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], { input: 'hello' });
    expect(result).toMatchObject({ code: 0, stdout: 'hello' });
  });
});

describe('servers', () => {
  const config = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';

  test.each([
    ['Tocsin', startTocsin, config, '/-/ready'],
    ['Alertmanager', startAlertmanager, config, '/-/ready'],
    ['Prometheus', startPrometheus, 'global: {scrape_interval: 1s}\n', '/-/ready'],
  ])('%s comes up ready on a free port and leaves nothing behind', async (_, start, text, path) => {
    const server = await start({ config: text });
    expect((await fetch(server.url + path)).status).toBe(200);
    // Alertmanager listens before it minds signals: stopped in between, it dies of SIGTERM.
    expect([0, null]).toContain((await server.process.stop()).code);
    await server[Symbol.asyncDispose]();
    expect(existsSync(server.directory.path)).toBe(false);
  });

  test('one that does not come up says why', async () => {
    await expect(startTocsin({ config: 'route: {}\n' })).rejects.toThrow(/without a line like .*its last lines:/s);
  });

  test("amtool reads Tocsin's API", async () => {
    await using tocsin = await startTocsin({ config });
    const args = [`--alertmanager.url=${tocsin.url}`, 'config', 'routes', 'show'];
    const result = await runProgram('amtool', args);
    expect(result.output).toContain('receiver: nobody');
  });
});
