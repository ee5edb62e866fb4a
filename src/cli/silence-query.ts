/** `silence query`: which silences there are, also those about to end. */
import { z } from 'zod';
import { silenceShape } from './api-shapes.ts';
import { defineCommand } from './command.ts';
import { humanDuration, list, onOff, text } from './flag-value.ts';
import { parseFilterWords } from './label-words.ts';
import { showSilences } from './silence-table.ts';

const FILTER = 'Which silences';

export const silenceQuery = defineCommand({
  name: 'silence query',
  operands: '[MATCHER…]',
  summary: 'Shows silences that are active or still to come, or with --expired those that have ended.',
  details:
    'A matcher selects the silences that have exactly this matcher. A first word without operator is the alertname. ' +
    '`tocsin silence query --within 8h` lists what needs to be extended before the night.',
  flags: {
    expired: onOff({ topic: FILTER, help: 'Show ended ones instead.' }),
    within: humanDuration({ topic: FILTER, help: 'Show those that end, or with --expired ended, within this time.' }),
    'created-by': text({ topic: FILTER, help: 'Show those of this author.' }),
    id: list({ topic: FILTER, placeholder: 'ID', help: 'Show those with these ids.' }, (id) => id),
    quiet: onOff({ topic: FILTER, short: 'q', help: 'Print ids only, to hand them to another command.' }),
  },
  async run({ flags, words, terminal, node, system }) {
    const silences = await node.ask(
      {
        method: 'GET',
        path: '/api/v2/silences',
        query: parseFilterWords(words).map((filter) => ['filter', filter] as const),
      },
      z.array(silenceShape),
    );
    const { wallMs } = system.now();
    const withinMs = flags.within ?? Number.POSITIVE_INFINITY;
    const wanted = silences.filter((silence) => {
      // The node's word, not this machine's clock, says what has ended.
      if ((silence.status.state === 'expired') !== flags.expired) return false;
      if (flags['created-by'] !== '' && silence.createdBy !== flags['created-by']) return false;
      if (flags.id.length > 0 && !flags.id.includes(silence.id)) return false;
      const untilEndMs = Date.parse(silence.endsAt) - wallMs;
      return (flags.expired ? -untilEndMs : untilEndMs) <= withinMs;
    });
    showSilences(terminal, wanted, { output: flags.output, quiet: flags.quiet });
    return 0;
  },
});
