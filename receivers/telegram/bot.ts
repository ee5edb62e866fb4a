/**
 * A bot for the length of one attempt: telegraf's typed methods and its TelegramError over our own HTTP client. Telegraf's own
 * wire (node-fetch 2) knows neither http_config nor the difference between a call that was refused and one whose answer was lost.
 */
import type { Telegram, TelegramError } from 'telegraf';
import type { Telegram as BotMethods, Opts } from 'telegraf/types';
import type { HttpClient } from '../http-client.ts';
import type { HttpResult } from '../http-outcome.ts';
import type { Trace } from '../receiver.ts';
import { redact } from '../secret.ts';
import { cleanLine } from '../wording/clean-text.ts';

export interface Wire {
  readonly client: HttpClient;
  /** `https://api.telegram.org`, with or without slashes at the end. */
  readonly apiUrl: string;
  readonly signal: AbortSignal;
  readonly trace?: Trace | undefined;
}

export type Unanswered = Exclude<HttpResult, { kind: 'answered' }>;

/** The call was not answered, or not by a Bot API. Its message holds no secrets. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
  readonly outcome: Unanswered;

  constructor(outcome: Unanswered) {
    super(outcome.message);
    this.outcome = outcome;
  }
}

/**
 * Makes bots. Their methods reject with a TelegramError for an answer that says no, whose description is one line without secrets, and
 * with an {@link UnansweredError} for everything else.
 */
export interface BotFactory {
  make(token: string, wire: Wire): Pick<Telegram, 'sendMessage'>;
  isRefusal(error: unknown): error is TelegramError;
}

/** Loaded at first use: some 70 ms and 20 MB, which only a node that has a Telegram receiver should pay. */
export async function loadBots(): Promise<BotFactory> {
  const telegraf = await import('telegraf');

  class Bot extends telegraf.Telegram {
    readonly #wire: Wire;

    constructor(token: string, wire: Wire) {
      super(token, { apiRoot: wire.apiUrl });
      this.#wire = wire;
    }

    override async callApi<Method extends keyof BotMethods>(
      method: Method,
      payload: Opts<Method>,
    ): Promise<ReturnType<BotMethods[Method]>> {
      const { client, apiUrl, signal, trace } = this.#wire;
      // Telegraf would resolve a path of api_url away.
      const url = `${apiUrl.replace(/\/+$/, '')}/bot${encodeToken(this.token)}/${method}`;
      const headers = { 'Content-Type': 'application/json' };
      const request = { method: 'POST', url, headers, body: JSON.stringify(payload), wantsBody: true } as const;
      const secrets = [...tokenSecrets(this.token), ...passwordSpellings(apiUrl)];
      const shown: Trace | undefined = trace && ((line) => trace(redact(line, secrets)));
      shown?.(`* calling ${method}`);
      const result = await client.send(request, signal, shown);
      if (result.kind !== 'answered') {
        throw new UnansweredError({ ...result, message: redact(result.message, secrets) });
      }
      const answer = readAnswer(result, secrets);
      shown?.(`< ${method}: ${answer.kind === 'refused' ? answer.response.description : answer.kind}`);
      if (answer.kind === 'unclear') throw new UnansweredError(answer.outcome);
      // What telegraf keeps beside the error is printed with it, so neither payload nor token is given along.
      if (answer.kind === 'refused') throw new telegraf.TelegramError(answer.response);
      return answer.result as ReturnType<BotMethods[Method]>;
    }
  }

  return {
    make: (token, wire) => new Bot(token, wire),
    isRefusal: (error) => error instanceof telegraf.TelegramError,
  };
}

type Answered = Extract<HttpResult, { kind: 'answered' }>;

type Answer =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly response: TelegramError['response'] }
  | { readonly kind: 'unclear'; readonly outcome: Unanswered };

function readAnswer({ status, body, explanation }: Answered, secrets: readonly string[]): Answer {
  const isSuccess = status >= 200 && status < 300;
  const fields = jsonObject(body);
  if (isSuccess && fields?.ok === true) return { kind: 'done', result: fields.result };
  // Only the beginning of a long answer is read.
  if (isSuccess && fields === undefined && /^\s*\{\s*"ok"\s*:\s*true\s*,/.test(body)) {
    return { kind: 'done', result: {} };
  }
  if (fields?.ok === false) {
    const code = typeof fields.error_code === 'number' ? fields.error_code : status;
    // Taken from the explanation, in which the HTTP client has hidden what it knows, unless that was cut short.
    const told = jsonObject(explanation)?.description ?? explanation;
    const description = redact(cleanLine(String(told)), secrets);
    const parameters = jsonObject(fields.parameters) ?? {};
    return { kind: 'refused', response: { error_code: code, description, parameters } };
  }
  const said = redact(explanation, secrets);
  const message = `unexpected status code ${status}, not from a Bot API${said && `: ${said}`}`;
  if (isSuccess || status === 502 || status === 504) {
    // Somebody in between answered; whether the Bot API had the call before is anybody's guess.
    return { kind: 'unclear', outcome: { kind: 'unknown', reason: isSuccess ? 'other' : 'serverError', message } };
  }
  return { kind: 'refused', response: { error_code: status, description: message } };
}

/** From JSON text or a value; undefined for anything but an object. */
function jsonObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  let parsed = value;
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    ? (parsed as Readonly<Record<string, unknown>>)
    : undefined;
}

/** `123456:AA…`: the number is the bot's public id, what follows is the secret. */
function tokenSecrets(token: string): readonly string[] {
  return [token, token.slice(token.indexOf(':') + 1)];
}

/** Of an address with user info, as it stands there and as the server is told it; what a server is told it may repeat. */
function passwordSpellings(url: string): readonly string[] {
  const { password } = new URL(url);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** A token with a slash or a question mark in it must not name another address. */
function encodeToken(token: string): string {
  return encodeURIComponent(token.toWellFormed()).replaceAll('%3A', ':');
}
