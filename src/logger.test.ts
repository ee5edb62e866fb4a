import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../receivers/secret.ts';
import { logfmtLine } from './logfmt.ts';
import { createLogger, type LogOptions } from './logger.ts';
import type { System } from './system.ts';

/** 2026-11-21T00:00:00Z, standing still. */
const stillSystem: System = {
  now: () => ({ wallMs: Date.UTC(2026, 10, 21), monotonicMs: 0 }),
  setTimer: () => ({ cancel() {} }),
  random: () => 0,
  uuid: () => '00000000-0000-4000-8000-000000000000',
};

function logTo(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const stream = new Writable({
    write(line, _, done) {
      lines.push(String(line));
      done();
    },
  });
  const logger = createLogger(stillSystem, { level: 'debug', format: 'logfmt', ...options }, stream);
  return { logger, lines };
}

/** Reads back what slog would write: Go's escapes, of which the logger uses these. */
function parseLogfmt(line: string): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  const field = /((?:[^\s="]+)|"(?:[^"\\]|\\.)*")=((?:[^\s="]+)|"(?:[^"\\]|\\.)*")(?: |\n$)/gy;
  let end = 0;
  for (const [whole, key = '', value = ''] of line.matchAll(field)) {
    fields[unquote(key)] = unquote(value);
    end += whole.length;
  }
  if (end !== line.length) throw new Error(`no logfmt: ${JSON.stringify(line)}`);
  return fields;
}

const SHORT_ESCAPES: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  return text
    .slice(1, -1)
    .replace(/\\(?:x(..)|u(....)|U(........)|(.))/g, (_, x, u, U, short) =>
      short === undefined ? String.fromCodePoint(Number.parseInt(x ?? u ?? U, 16)) : (SHORT_ESCAPES[short] ?? short),
    );
}

describe('a line', () => {
  test("reads as Go's slog writes it", () => {
    const { logger, lines } = logTo();
    logger.info({ address: '127.0.0.1:9093' }, 'Listening on');
    expect(lines).toEqual(['time=2026-11-21T00:00:00.000Z level=INFO msg="Listening on" address=127.0.0.1:9093\n']);
  });

  test('is JSON where asked for', () => {
    const { logger, lines } = logTo({ format: 'json' });
    logger.warn({ alerts: 3 }, 'Many');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-11-21T00:00:00.000Z',
      level: 'WARN',
      msg: 'Many',
      alerts: 3,
    });
  });

  test('of a lower level is not written', () => {
    const { logger, lines } = logTo({ level: 'warn' });
    logger.info('quiet');
    logger.error('loud');
    expect(lines).toHaveLength(1);
  });

  test('carries what a child logger always says', () => {
    const { logger, lines } = logTo();
    logger.child({ receiver: 'ops' }).info({ group: { labels: { alertname: 'Down' } } }, 'Sent');
    expect(lines[0]).toContain('receiver=ops group.labels.alertname=Down');
  });

  test('tells an error with all its causes, under any key', () => {
    const { logger, lines } = logTo();
    const refused = new Error('connect ECONNREFUSED');
    const failed = new Error('cannot send mail', { cause: new TypeError('fetch failed', { cause: refused }) });
    logger.error({ err: failed, error: failed }, 'Bad');
    const said = '"cannot send mail: fetch failed: connect ECONNREFUSED"';
    expect(lines[0]).toContain(`err=${said} error=${said}`);
    logger.child({ err: failed }).error('Worse');
    expect(lines[1]).toContain(`err=${said}`);
    logger.error(failed);
    expect(lines[2]).toContain(`msg="cannot send mail" err=${said}`);
  });

  test('never shows a secret', () => {
    const { logger, lines } = logTo();
    logger.info({ token: new Secret('hunter2'), config: { password: new Secret('hunter2') } }, 'Config');
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('token=<secret> config.password=<secret>');
  });

  test('is bounded, however long the value', () => {
    const { logger, lines } = logTo();
    logger.info({ label: 'x'.repeat(1_000_000) }, 'Huge');
    expect(lines[0]?.length).toBeLessThan(10_000);
  });

  test('survives a circle of causes and a circle of values', () => {
    const { logger, lines } = logTo();
    const error = new Error('round');
    error.cause = error;
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    logger.error({ err: error, circle }, 'Bad');
    expect(lines[0]).toContain('err=round');
  });
});

describe('nothing from outside can break or fake a line', () => {
  const hostileText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '\n',
      '\r\n',
      '\u2028',
      '\u0085',
      '\u001b[2J',
      '\u202e',
      'a="b"',
      '\\',
      '"',
      '',
      ' ',
      'x level=ERROR msg=fake',
    ),
  );

  test('one event is one line, and reads back as what was logged', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (message, value) => {
        const { logger, lines } = logTo();
        logger.info({ value }, message);
        expect(lines).toHaveLength(1);
        const [line = ''] = lines;
        expect(line).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*\n$/u);
        expect(parseLogfmt(line)).toMatchObject({
          level: 'INFO',
          msg: message.toWellFormed(),
          value: value.toWellFormed(),
        });
      }),
    );
  });

  test('also as a key', () => {
    fc.assert(
      fc.property(
        // V8 14.6's JSON.parse takes a key for another it has seen in its place that ends in a backslash; see request-body.ts.
        hostileText.filter((key) => !['', 'time', 'level', 'msg'].includes(key) && !key.endsWith('\\')),
        (key) => {
          expect(parseLogfmt(logfmtLine(JSON.stringify({ level: 'INFO', [key]: 'x' })))[key.toWellFormed()]).toBe('x');
        },
      ),
    );
  });

  test('also as JSON', () => {
    fc.assert(
      fc.property(hostileText, (value) => {
        const { logger, lines } = logTo({ format: 'json' });
        logger.info({ value }, 'Said');
        expect(lines[0]).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*\n$/u);
        expect(JSON.parse(lines[0] ?? '').value).toBe(value);
      }),
    );
  });
});

describe('a reader of the log', () => {
  test('that is stuck stops nobody; what is lost is told when it reads again', () => {
    const lines: string[] = [];
    const stuck: (() => void)[] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(line, _, done) {
        lines.push(line);
        stuck.push(done);
      },
    });
    const logger = createLogger(stillSystem, { level: 'info', format: 'json' }, stream);
    const huge = 'x'.repeat(1_000_000);
    for (let count = 0; count < 100; count++) logger.info(huge);
    expect(stream.writableLength).toBeLessThan(20_000_000);
    while (stuck.length > 0) stuck.shift()?.();
    logger.info('again');
    while (stuck.length > 0) stuck.shift()?.();
    const written = lines.filter((line) => line.includes(huge)).length;
    expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ level: 'WARN', lines: 100 - written });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: 'again' });
  });

  test('that has gone away does not keep the process from ending', async () => {
    const program = `
      import { createLogger } from './src/logger.ts';
      import { drained } from './src/log-sink.ts';
      import { realSystem } from './src/system.ts';
      const logger = createLogger(realSystem, { level: 'info', format: 'logfmt' });
      process.once('message', async () => {
        logger.info('Stopping');
        await drained(realSystem, process.stderr);
        process.exit(7);
      });
      process.send('ready');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    await once(child, 'message');
    child.stderr?.destroy();
    child.send('stop');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});
