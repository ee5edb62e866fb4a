/**
 * What an SMTP dialogue that did not end well means for a notification. The line between refused and unknown is the dot that
 * ends the mail: before it the relay must not deliver anything (RFC 5321, 4.1.1.4), after it only its answer tells.
 */
import { describeError, failureReasonOf } from '../http-outcome.ts';
import type { FailureReason, Outcome } from '../receiver.ts';
import { redact } from '../secret.ts';

/** What nodemailer says of a failure; checked, since it comes from outside. */
interface SmtpFailure {
  /** `EAUTH`, `ETLS`, `ESOCKET` … */
  readonly code: string;
  /** Of the relay's answer, if there was one. */
  readonly status: number | undefined;
  /** `STARTTLS`, `MAIL FROM` …; `CONN` for the connection. */
  readonly command: string;
}

export interface SmtpAttempt {
  readonly signal: AbortSignal;
  /** Whether the dot that ends the mail may have gone out. */
  readonly wasWritten: boolean;
  readonly smarthost: string;
  readonly secrets: readonly string[];
}

const MAX_EXPLANATION_CHARACTERS = 500;

/** nodemailer's words, without an answer of the relay, for what would be the same next time. */
const PERMANENT_CODES = ['EAUTH', 'EENVELOPE', 'EMESSAGE', 'EMAXRECIPIENTS', 'ECONFIG'];

export function outcomeOfFailure(error: unknown, attempt: SmtpAttempt): Exclude<Outcome, { kind: 'sent' }> {
  const { signal, wasWritten, smarthost, secrets } = attempt;
  const failure = readFailure(error);
  const { status } = failure;
  const answered = status !== undefined && status >= 400 && status <= 599;
  const reason = signal.aborted && !answered ? failureReasonOf(signal) : reasonOf(failure);
  const message = `${smarthost}: ${onOneLine(describe(error, failure, signal), secrets)}`;
  if (wasWritten && !answered) return { kind: 'unknown', reason, message: `no answer to the mail by ${message}` };
  return { kind: 'refused', retryable: isRetryable(failure), reason, message };
}

/** An answer of the relay, or an error with one in it, fit for a log. */
export function explain(error: unknown, secrets: readonly string[]): string {
  return onOneLine(describeError(error), secrets);
}

/** Answers have several lines, and repeat what the relay likes. */
function onOneLine(text: string, secrets: readonly string[]): string {
  const line = redact(text, secrets).replace(/[\s\p{C}]+/gu, ' ');
  return line.trim().slice(0, MAX_EXPLANATION_CHARACTERS);
}

/**
 * 4xx is transient and 5xx permanent by definition (RFC 5321, 4.2.1), but for 503, which complains of the session and not
 * of the mail. Without an answer it is the network's fault, or ours.
 */
function isRetryable({ code, status }: SmtpFailure): boolean {
  if (status !== undefined && status >= 500 && status <= 599) return status === 503;
  return status !== undefined || !PERMANENT_CODES.includes(code);
}

/** Alertmanager calls all of them other. These are the classes that an HTTP receiver has for the same: ours, theirs, the key's. */
function reasonOf({ code, status }: SmtpFailure): FailureReason {
  if (code === 'EAUTH' || status === 530 || status === 535) return 'authError';
  if (status === undefined) return 'other';
  return status >= 500 ? 'clientError' : status >= 400 ? 'serverError' : 'other';
}

function describe(error: unknown, { command, status }: SmtpFailure, signal: AbortSignal): string {
  if (signal.aborted && status === undefined) return describeError(signal.reason);
  if (command === 'STARTTLS' && status !== undefined) {
    return `require_tls is true (the default), but the relay does not do STARTTLS: ${describeError(error)}`;
  }
  return describeError(error);
}

function readFailure(error: unknown): SmtpFailure {
  const fields: Record<string, unknown> = error instanceof Error ? { ...error } : {};
  const { code, responseCode, command } = fields;
  return {
    code: typeof code === 'string' ? code : '',
    status: typeof responseCode === 'number' ? responseCode : undefined,
    command: typeof command === 'string' ? command : '',
  };
}
