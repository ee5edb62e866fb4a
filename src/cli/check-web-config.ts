/** `check-web-config`: what a node would say about the file of its --web.config.file, certificates and keys included. */
import { formatConfigErrors } from '../config/config-error.ts';
import { defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { counted } from './counted.ts';

export const checkWebConfig = defineCommand({
  name: 'check-web-config',
  operands: 'FILE…',
  summary: 'Checks files for --web.config.file. Exit code 1 if any is wrong.',
  details: 'Certificates and keys are read and tried. Every error is printed as file:line: path: message.',
  flags: {},
  async run({ flags, words, terminal, tryWebConfig }) {
    if (words.length === 0) throw new CommandError(2, 'name the files to check');
    const reports: unknown[] = [];
    let failed = 0;
    for (const file of words) {
      const tried = await tryWebConfig(file);
      const errors = tried.ok ? [] : tried.errors;
      const warnings = tried.ok ? tried.warnings : [];
      if (!tried.ok) failed++;
      reports.push({ file, ok: tried.ok, errors, warnings });
      if (flags.output === 'json') continue;
      terminal.line(`Checking '${file}'  ${tried.ok ? 'SUCCESS' : 'FAILED'}`);
      for (const warning of warnings) terminal.line(`warning: ${warning}`);
      if (!tried.ok) {
        terminal.block(formatConfigErrors(file, errors));
        terminal.line(counted(errors.length, 'error'));
      }
    }
    if (flags.output === 'json') terminal.json(reports);
    return failed === 0 ? 0 : 1;
  },
});
