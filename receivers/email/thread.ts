/**
 * The identifiers of a notification's mail (RFC 5322, 3.6.4). All mails of a group answer the same message, which was never
 * sent, so that mail programs show them as one thread, whichever peer sent which. A retry of the same mail has the same
 * identifier, so that mailboxes can drop the second copy.
 */
import { createHash } from 'node:crypto';
import type { Notification } from '../../src/model/notification.ts';
import type { EmailSettings, Threading } from './config.ts';

export interface ThreadIdentifiers {
  /** With angle brackets. */
  readonly messageId: string;
  /** What the mail answers; undefined: it stands alone. */
  readonly root: string | undefined;
}

export interface ThreadOptions {
  /** Two mails of a receiver to the same people, in other words each, are not the same mail. */
  readonly settings: Pick<EmailSettings, 'from' | 'html' | 'text' | 'headers' | 'threading'>;
  /** Of the sender's address. */
  readonly domain: string;
  /** As rendered: two receivers may tell the same group to different people, and each of them its own words. */
  readonly to: readonly string[];
}

export function threadIdentifiers(
  notification: Notification,
  { settings, domain, to }: ThreadOptions,
): ThreadIdentifiers {
  const { receiver, groupKey, nowMs, alerts, isTest } = notification;
  const told = alerts.map(({ fingerprint, status, startsAt }) => [fingerprint, status, startsAt]);
  const { from, html, text, headers, threading } = settings;
  const words = [from, html, text, [...headers]];
  const content = digest(JSON.stringify([receiver, groupKey, nowMs, isTest, to.toSorted(), words, told]));
  return { messageId: `<tocsin.${content}@${domain}>`, root: rootOf(notification, threading, domain) };
}

function rootOf(
  { groupKey, nowMs, isTest }: Notification,
  threading: Threading | undefined,
  domain: string,
): string | undefined {
  // A test would otherwise hide in the thread of the group it is made like.
  if (isTest || threading === 'off') return undefined;
  const group = digest(groupKey);
  if (threading === undefined) return `<tocsin.group.${group}@${domain}>`;
  // Alertmanager's, so that threads go on after a move. Its day is that of each peer's own time zone; this one is UTC's.
  const day = threading === 'daily' ? new Date(nowMs).toISOString().slice(0, 10) : '';
  return `<alert-${group.slice(0, 16)}-${day}@alertmanager>`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
