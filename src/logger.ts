/**
 * The log: one line an event on stderr, logfmt as Go's slog writes it, or JSON. No text from outside can break or fake a
 * line, and a reader of stderr that hangs cannot stop the node: lines wait in a bounded buffer, then are dropped.
 */
import { destination, type Logger, pino } from 'pino';
import { logfmtLine } from './logfmt.ts';
import { errorText } from './model/error-text.ts';
import { escapeUnprintableJson } from './model/printable-text.ts';
import type { System } from './system.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'logfmt' | 'json';
}

/** Takes complete lines, each with its line feed. */
export interface LineSink {
  write(line: string): unknown;
}

/** What may wait for a slow reader of stderr; beyond it lines are lost, since pages matter more than logs. */
const LARGEST_BACKLOG_BYTES = 16 * 1024 * 1024;

/**
 * Errors under any key are written with their causes; a Secret under any key writes itself as `<secret>` (its toJSON).
 * `fatal` is written as ERROR: slog knows no more.
 */
export function createLogger(system: System, options: LogOptions, sink: LineSink = stderrSink()): Logger {
  const format = options.format === 'json' ? escapeUnprintableJsonLine : logfmtLine;
  return pino(
    {
      level: options.level,
      base: null,
      messageKey: 'msg',
      errorKey: 'err',
      timestamp: () => `,"time":"${timeText(system.now().wallMs)}"`,
      formatters: {
        level: (label) => ({ level: label === 'fatal' ? 'ERROR' : label.toUpperCase() }),
        log: withErrorTexts,
      },
      serializers: { err: errorText },
    },
    { write: (json: string) => void sink.write(format(json)) },
  );
}

/**
 * Stderr without waiting for its reader. What is still buffered when the process exits is written then (pino's exit
 * hook); a closed stderr ends logging, not the node.
 */
function stderrSink(): LineSink {
  return destination({ dest: 2, sync: false, minLength: 0, maxLength: LARGEST_BACKLOG_BYTES });
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
