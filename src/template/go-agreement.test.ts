/**
 * Renders as Alertmanager 0.34 does: the outputs in fixtures/cases.json come from its own template package, run on the
 * same notification. A case marked `fails` is one that Alertmanager refuses to parse or to render.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Notification } from '../model/notification.ts';
import { TemplateError } from './template-error.ts';
import { parseTemplates } from './template-set.ts';

interface Case {
  readonly template: string;
  readonly output?: string;
  readonly fails?: true;
}

const { notification, cases }: { notification: Notification; cases: readonly Case[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/cases.json'), 'utf8'),
);
const templates = parseTemplates([]);

test.each(cases.filter(({ output }) => output !== undefined))('$template', ({ template, output }) => {
  expect(templates.render(template, notification)).toBe(output);
});

test.each(cases.filter(({ fails }) => fails))('refused: $template', ({ template }) => {
  expect(() => templates.render(template, notification)).toThrow(TemplateError);
});
