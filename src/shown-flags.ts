/** The command line as it is shown: every flag with its value, whether given or not. No flag takes a secret: those are in files. */

import type { ShownFlag } from './api/node-status.ts';
import type { FlagTable } from './cli/flag-value.ts';

/** They end the process before there is anything to show. */
const ACTIONS = ['help', 'version'];

/** `texts` are the values given, by the flags' full names. */
export function shownFlags(table: FlagTable, texts: ReadonlyMap<string, readonly string[]>): readonly ShownFlag[] {
  return Object.entries(table).flatMap(([name, flag]) => {
    if (ACTIONS.includes(name)) return [];
    const given = texts.get(name);
    const value = given?.join(', ') ?? flag.shownDefault ?? flag.defaultText;
    return [{ name, value, isDefault: given === undefined }];
  });
}
