/** `npm run kill -- 1` and `npm run revive -- 1`: ask the playground to do that to one of its nodes, and say what came of it. */
import { CommandError } from '../../src/cli/command-error.ts';
import { wrap } from '../../src/cli/flag-help.ts';
import { errorText } from '../../src/model/error-text.ts';
import { deadline } from '../../src/system.ts';
import { type PlaygroundCommand, runningPlayground, saysWhatFails, theNodes } from './playground-command.ts';

/** A node that is revived is waited for until it is ready. */
const LONGEST_MS = 30_000;

export const kill = nodeCommand('kill', {
  summary: 'Kills a node that npm start runs, as kill -9 does: without a goodbye, whatever it was doing.',
  after: (number) => [
    'What fires is told all the same, and once: the other nodes know all that it knew.',
    `It comes back with npm run revive -- ${number}`,
  ],
});

export const revive = nodeCommand('revive', {
  summary: 'Starts a node again that was killed; it has its data still, and hears from the others what it missed.',
  after: () => [],
});

function nodeCommand(
  name: 'kill' | 'revive',
  { summary, after }: { readonly summary: string; readonly after: (number: number) => readonly string[] },
): PlaygroundCommand {
  return saysWhatFails(name, async (argv, terminal, { env, system }) => {
    if (argv.includes('--help') || argv.includes('-h')) {
      terminal.block(`Usage: npm run ${name} -- NUMBER\n\n${wrap(summary).join('\n')}\n`);
      return 0;
    }
    const [word = '', ...others] = argv;
    if (!/^\d{1,3}$/.test(word) || others.length > 0) {
      throw new CommandError(2, `which node? npm run ${name} -- 1`);
    }
    const record = runningPlayground(env);
    const number = Number(word);
    if (!record.nodes.some((node) => node.number === number)) {
      throw new CommandError(2, `there is no node ${number}; ${theNodes(record)}`);
    }
    using limit = deadline(system, LONGEST_MS);
    const answer = await fetch(`${record.inboxUrl}/nodes/${number}/${name}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${record.token}` },
      signal: limit.signal,
    }).catch((cause: unknown) => {
      const message = `the playground does not answer at ${record.inboxUrl} (${errorText(cause)}); start it anew with npm start`;
      throw new CommandError(3, message, { cause });
    });
    const message = (await answer.text()).trim();
    if (!answer.ok) throw new CommandError(1, message);
    for (const line of [message, ...after(number)]) terminal.line(line);
    return 0;
  });
}
