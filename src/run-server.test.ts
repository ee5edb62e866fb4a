import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { type RunningNode, runServer } from './run-server.ts';
import { realSystem, type System } from './system.ts';

/** A process whose clock moves only when told to. */
function startProcess(node: Partial<RunningNode> = {}, start?: () => Promise<RunningNode>) {
  const signals = new EventEmitter();
  const lines: string[] = [];
  const timers: { dueMs: number; callback: () => void }[] = [];
  let monotonicMs = 0;
  const system: System = {
    ...realSystem,
    now: () => ({ wallMs: 0, monotonicMs }),
    setTimer(delayMs, callback) {
      const timer = { dueMs: monotonicMs + delayMs, callback };
      timers.push(timer);
      return { cancel: () => void timers.splice(timers.indexOf(timer), 1) };
    },
  };
  const logger = createLogger(system, { level: 'info', format: 'logfmt' }, lineStream(lines));
  const calls: string[] = [];
  const running: RunningNode = {
    reload: async () => {
      calls.push('reload');
      return { ok: true };
    },
    stop: async () => void calls.push('stop'),
    ...node,
  };
  const exitCode = runServer({ logger, system, signals }, start ?? (async () => running));
  return {
    exitCode,
    calls,
    running,
    log: () => lines.join(''),
    signal: (name: string, value?: unknown) => signals.emit(name, value),
    pass(ms: number) {
      monotonicMs += ms;
      for (const timer of [...timers]) if (timer.dueMs <= monotonicMs) timer.callback();
    },
  };
}

function lineStream(lines: string[]): Writable {
  return new Writable({
    write(line, _, done) {
      lines.push(String(line));
      done();
    },
  });
}

const never = new Promise<never>(() => {});
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a node', () => {
  test.each(['SIGTERM', 'SIGINT'])('stops at %s, with code 0', async (name) => {
    const process = startProcess();
    process.signal(name);
    expect(await process.exitCode).toBe(0);
    expect(process.calls).toEqual(['stop']);
  });

  test('that hangs while it stops is ended by a second signal, with code 1', async () => {
    const process = startProcess({ stop: () => never });
    process.signal('SIGTERM');
    await settled();
    process.signal('SIGINT');
    expect(await process.exitCode).toBe(1);
  });

  test('that hangs while it stops is ended by its deadline', async () => {
    const process = startProcess({ stop: () => never });
    process.signal('SIGTERM');
    await settled();
    process.pass(20_000);
    expect(await process.exitCode).toBe(1);
  });

  test('that is told to stop while it starts, stops once it has started', async () => {
    const started = Promise.withResolvers<RunningNode>();
    const process = startProcess({}, () => started.promise);
    process.signal('SIGTERM');
    started.resolve(process.running);
    expect(await process.exitCode).toBe(0);
    expect(process.calls).toEqual(['stop']);
  });

  test('that is told to stop while its start hangs, is ended by a second signal', async () => {
    const process = startProcess({}, () => never);
    process.signal('SIGTERM');
    process.signal('SIGTERM');
    expect(await process.exitCode).toBe(1);
  });

  test('reloads at SIGHUP, also at one that came while it started', async () => {
    const started = Promise.withResolvers<RunningNode>();
    const process = startProcess({}, () => started.promise);
    process.signal('SIGHUP');
    started.resolve(process.running);
    await settled();
    process.signal('SIGHUP');
    await settled();
    expect(process.calls).toEqual(['reload', 'reload']);
  });

  test('that cannot start says every reason on a line of its own and ends with code 1', async () => {
    const process = startProcess({}, async () => {
      throw new Error('tocsin.yml:1: route: missing\ntocsin.yml:2: receivers: empty');
    });
    expect(await process.exitCode).toBe(1);
    expect(process.log()).toContain('msg="Start failed" err="tocsin.yml:1: route: missing"\n');
    expect(process.log()).toContain('msg="Start failed" err="tocsin.yml:2: receivers: empty"\n');
  });
});

describe('an error nobody caught', () => {
  test.each(['uncaughtException', 'unhandledRejection'])('is logged with its cause and survived: %s', async (kind) => {
    const process = startProcess();
    process.signal(kind, new Error('socket closed', { cause: new Error('ECONNRESET') }));
    process.signal(kind, 'just a text');
    await settled();
    expect(process.log()).toContain('err="socket closed: ECONNRESET"');
    expect(process.log()).toContain('err="just a text"');
    expect(process.calls).toEqual([]);
  });

  test('that keeps coming makes the node stop with code 1, for its supervisor to start it anew', async () => {
    const process = startProcess();
    for (let count = 0; count < 21; count++) process.signal('uncaughtException', new Error('again'));
    expect(await process.exitCode).toBe(1);
    expect(process.calls).toEqual(['stop']);
  });

  test('that comes now and then does not', async () => {
    const process = startProcess();
    for (let count = 0; count < 100; count++) {
      process.signal('uncaughtException', new Error('again'));
      process.pass(10_000);
    }
    await settled();
    expect(process.calls).toEqual([]);
  });
});
