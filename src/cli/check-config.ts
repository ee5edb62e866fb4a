/** `check-config`: what a node would say about configuration files, before it gets them. */
import type { Config } from '../config/config.ts';
import { formatConfigErrors } from '../config/config-error.ts';
import { defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { enableFeature, readConfig } from './config-source.ts';
import { counted } from './counted.ts';

export const checkConfig = defineCommand({
  name: 'check-config',
  operands: '[FILE…]',
  summary: 'Checks configuration files; - or none is stdin. Exit code 1 if any is wrong.',
  details:
    'Every error is printed as file:line: path: message. Template files are read and templates parsed, as at a start; ' +
    'nothing is sent anywhere.',
  flags: { 'enable-feature': enableFeature },
  async run({ flags, words, stdin, terminal, tryConfigure }) {
    if (words.length === 0 && stdin.isTTY) throw new CommandError(2, 'name the files to check, or - for stdin');
    const reports: unknown[] = [];
    let failed = 0;
    for (const file of words.length === 0 ? ['-'] : words) {
      const name = file === '-' ? '<stdin>' : file;
      const read = await readConfig(file, { stdin, matcherMode: flags['enable-feature'] });
      const tried = read.ok ? await tryConfigure(read.config) : read;
      const errors = tried.ok ? [] : tried.errors;
      const warnings = read.ok && tried.ok ? read.warnings : [];
      if (!tried.ok) failed++;
      if (flags.output === 'json') {
        reports.push({ file: name, ok: tried.ok, errors, warnings });
        continue;
      }
      terminal.line(`Checking '${name}'  ${tried.ok ? 'SUCCESS' : 'FAILED'}`);
      for (const warning of warnings) terminal.line(`warning: ${warning}`);
      if (read.ok && tried.ok) terminal.block(summary(read.config, tried.templateFiles));
      else {
        terminal.block(formatConfigErrors(name, errors));
        terminal.line(counted(errors.length, 'error'));
      }
      terminal.line('');
    }
    if (flags.output === 'json') terminal.json(reports);
    if (failed > 0) terminal.remark(`tocsin: ${failed} of ${counted(Math.max(words.length, 1), 'file')} failed`);
    return failed === 0 ? 0 : 1;
  },
});

function summary(config: Config, templateFiles: readonly string[]): string {
  const found = [
    counted(countRoutes(config.route), 'route'),
    counted(config.inhibitRules.length, 'inhibit rule'),
    counted(config.receivers.length, 'receiver'),
    counted(config.timeIntervals.size, 'time interval'),
    counted(templateFiles.length, 'template file'),
  ];
  return `Found:\n${found.map((line) => ` - ${line}\n`).join('')}`;
}

function countRoutes(route: Config['route']): number {
  return 1 + route.routes.reduce((sum, child) => sum + countRoutes(child), 0);
}
