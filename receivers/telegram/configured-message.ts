/** The words of a template instead of the shared ones, ready for Telegram. */
import type { Notification } from '../../src/model/notification.ts';
import type { ReceiverDependencies } from '../kind.ts';
import { cleanLines } from '../wording/clean-text.ts';
import type { ParseMode } from './config.ts';
import { plainMessages, type TelegramMessage } from './messages.ts';

const DEFAULT_NAME = 'telegram.default.message';
const DEFAULT_TEMPLATE = `{{ template "${DEFAULT_NAME}" . }}`;
/** Alertmanager's default, as configurations copy it. */
const COPIED_DEFAULT = /^\s*\{\{-?\s*template\s+"telegram\.default\.message"\s+\.\s*-?\}\}\s*$/;

/**
 * What the receiver is configured to say; undefined for the shared words. Alertmanager's default counts only if a template
 * file defines it: that is how people there change what all Telegram receivers say.
 */
export function messageTemplateOf(
  message: string | undefined,
  definesTemplate: ReceiverDependencies['definesTemplate'],
): string | undefined {
  if (message !== undefined && !COPIED_DEFAULT.test(message)) return message;
  return definesTemplate(DEFAULT_NAME) ? DEFAULT_TEMPLATE : undefined;
}

export interface MessageTemplate {
  readonly template: string;
  readonly parseMode: ParseMode;
}

/**
 * None if the template renders to nothing. In HTML what alerts say is escaped; the Markdowns get it as it is, as in
 * Alertmanager. A message that Telegram cannot read, or finds too long, is sent as plain text, markup and all.
 * @throws what the template does wrong
 */
export function configuredMessages(
  { template, parseMode }: MessageTemplate,
  notification: Notification,
  { renderTemplate, renderHtml }: Pick<ReceiverDependencies, 'renderTemplate' | 'renderHtml'>,
): readonly TelegramMessage[] {
  const render = parseMode === 'HTML' ? renderHtml : renderTemplate;
  const rendered = cleanLines(render(template, notification));
  if (rendered === '') return [];
  const text = notification.isTest ? `TEST: ${rendered}` : rendered;
  if (parseMode === '') return plainMessages(text).map((part) => ({ text: part, parseMode, fallback: undefined }));
  return [{ text, parseMode, fallback: () => plainMessages(text) }];
}
