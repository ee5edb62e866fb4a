/** `check-config`: what a node would say about configuration files, before it gets them. */
import type { Config } from '../config/config.ts';
import { formatConfigErrors } from '../config/config-error.ts';
import { defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { enableFeature, readConfig } from './config-source.ts';

export const checkConfig = defineCommand({
  name: 'check-config',
  operands: '[FILE…]',
  summary: 'Checks configuration files; - or none is stdin. Exit code 1 if any is wrong.',
  details: 'Every error is printed as file:line: path: message. Nothing is sent anywhere.',
  flags: { 'enable-feature': enableFeature },
  async run({ flags, words, stdin, terminal }) {
    if (words.length === 0 && stdin.isTTY) throw new CommandError(2, 'name the files to check, or - for stdin');
    const reports: unknown[] = [];
    let failed = 0;
    for (const file of words.length === 0 ? ['-'] : words) {
      const name = file === '-' ? '<stdin>' : file;
      const checked = await readConfig(file, { stdin, matcherMode: flags['enable-feature'] });
      if (!checked.ok) failed++;
      if (flags.output === 'json') {
        reports.push({
          file: name,
          ok: checked.ok,
          errors: checked.ok ? [] : checked.errors,
          warnings: checked.ok ? checked.warnings : [],
        });
        continue;
      }
      terminal.line(`Checking '${name}'  ${checked.ok ? 'SUCCESS' : 'FAILED'}`);
      if (checked.ok) {
        for (const warning of checked.warnings) terminal.line(`warning: ${warning}`);
        terminal.block(summary(checked.config));
      } else {
        terminal.block(formatConfigErrors(name, checked.errors));
        terminal.line(`${checked.errors.length} error${checked.errors.length === 1 ? '' : 's'}`);
      }
      terminal.line('');
    }
    if (flags.output === 'json') terminal.json(reports);
    if (failed > 0) terminal.remark(`tocsin: ${failed} of ${Math.max(words.length, 1)} files failed`);
    return failed === 0 ? 0 : 1;
  },
});

function summary(config: Config): string {
  const found = [
    count(countRoutes(config.route), 'route'),
    count(config.inhibitRules.length, 'inhibit rule'),
    count(config.receivers.length, 'receiver'),
    count(config.timeIntervals.size, 'time interval'),
    count(config.templates.length, 'template'),
  ];
  return `Found:\n${found.map((line) => ` - ${line}\n`).join('')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function countRoutes(route: Config['route']): number {
  return 1 + route.routes.reduce((sum, child) => sum + countRoutes(child), 0);
}
