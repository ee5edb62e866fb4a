/**
 * The log: one line an event on stderr, logfmt as Go's slog writes it, or JSON. No text from outside can break or fake a
 * line, and a reader of stderr that hangs cannot stop the node: lines wait in a bounded buffer, then are dropped.
 */
import type { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { streamSink } from './log-sink.ts';
import { logfmtLine } from './logfmt.ts';
import { errorText } from './model/error-text.ts';
import { escapeUnprintableJson } from './model/printable-text.ts';
import type { System } from './system.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'logfmt' | 'json';
}

/**
 * Errors under any key are written with their causes; a Secret under any key writes itself as `<secret>` (its toJSON).
 * `fatal` is written as ERROR: slog knows no more.
 */
export function createLogger(system: System, options: LogOptions, stream: Writable = process.stderr): Logger {
  const format = options.format === 'json' ? escapeUnprintableJsonLine : logfmtLine;
  const time = () => timeText(system.now().wallMs);
  const sink = streamSink(stream, (lines) =>
    format(
      JSON.stringify({ time: time(), level: 'WARN', msg: 'Log lines were lost: nobody read them in time', lines }),
    ),
  );
  return pino(
    {
      level: options.level,
      base: null,
      messageKey: 'msg',
      errorKey: 'err',
      timestamp: () => `,"time":"${time()}"`,
      formatters: {
        level: (label) => ({ level: label === 'fatal' ? 'ERROR' : label.toUpperCase() }),
        log: withErrorTexts,
      },
      serializers: { err: errorText },
    },
    { write: (json: string) => void sink.write(format(json)) },
  );
}

function escapeUnprintableJsonLine(json: string): string {
  return `${escapeUnprintableJson(json.trimEnd())}\n`;
}

function withErrorTexts(fields: Record<string, unknown>): Record<string, unknown> {
  if (!Object.values(fields).some((value) => value instanceof Error)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? errorText(value) : value]),
  );
}

/** A clock set to nonsense must not stop the log. */
function timeText(wallMs: number): string {
  const date = new Date(wallMs);
  return Number.isNaN(date.getTime()) ? String(wallMs) : date.toISOString();
}
