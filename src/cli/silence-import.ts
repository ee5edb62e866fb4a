/** `silence import`: brings silences saved with `silence query -o json` to another cluster, or back. */
import { z } from 'zod';
import { silenceIdShape, silenceShape } from './api-shapes.ts';
import { defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { counted } from './counted.ts';
import { onOff, wholeNumber } from './flag-value.ts';
import { type NodeClient, RefusedError } from './node-client.ts';
import { readInput } from './read-input.ts';

const IMPORT = 'Import';
const MOST_WORKERS = 64;

const importedShape = z.array(silenceShape.partial({ updatedAt: true, status: true, id: true }));
type ImportedSilence = z.output<typeof importedShape>[number];

export const silenceImport = defineCommand({
  name: 'silence import',
  operands: '[FILE]',
  summary: 'Creates silences from the JSON that `silence query -o json` prints; from stdin without a file.',
  details: 'A silence the node already has is updated; one it does not know gets a new id.',
  flags: {
    force: onOff({ topic: IMPORT, short: 'f', help: 'Create new silences even where the node has them already.' }),
    worker: wholeNumber({ topic: IMPORT, short: 'w', defaultText: '8', help: 'How many are posted at the same time.' }),
  },
  async run({ flags, words, stdin, terminal, node }) {
    if (words.length > 1) throw new CommandError(2, 'name one file, or none to read stdin');
    if (flags.worker < 1 || flags.worker > MOST_WORKERS)
      throw new CommandError(2, `--worker wants 1 to ${MOST_WORKERS}`);
    const queue = parseSilences(await readInput(words[0] ?? '-', stdin)).values();
    let imported = 0;
    let failed = 0;
    const work = async () => {
      // The workers share one iterator, so each silence is taken once.
      for (const silence of queue) {
        try {
          await post(node, flags.force ? { ...silence, id: '' } : silence);
          imported++;
        } catch (error) {
          if (!(error instanceof CommandError) || error.exitCode !== 1) throw error;
          terminal.remark(`tocsin: silence ${silence.id || 'without id'}: ${error.message}`);
          failed++;
        }
      }
    };
    await Promise.all(Array.from({ length: flags.worker }, work));
    terminal.remark(`imported ${counted(imported, 'silence')}${failed === 0 ? '' : `, ${failed} failed`}`);
    return failed === 0 ? 0 : 1;
  },
});

function parseSilences(text: string): readonly ImportedSilence[] {
  try {
    return importedShape.parse(JSON.parse(text));
  } catch (cause) {
    const detail =
      cause instanceof z.ZodError ? `${cause.issues[0]?.path.join('.')}: ${cause.issues[0]?.message}` : 'no JSON';
    throw new CommandError(1, `these are no silences as \`silence query -o json\` prints them: ${detail}`, { cause });
  }
}

async function post(node: NodeClient, silence: ImportedSilence): Promise<void> {
  const { id = '', matchers, startsAt, endsAt, createdBy, comment, annotations } = silence;
  const request = (ownId: string) => ({
    method: 'POST' as const,
    path: '/api/v2/silences',
    body: {
      ...(ownId !== '' && { id: ownId }),
      matchers,
      startsAt,
      endsAt,
      createdBy,
      comment,
      ...(annotations !== undefined && { annotations }),
    },
  });
  try {
    await node.ask(request(id), silenceIdShape);
  } catch (error) {
    if (id === '' || !(error instanceof RefusedError) || error.status !== 404) throw error;
    await node.ask(request(''), silenceIdShape);
  }
}
