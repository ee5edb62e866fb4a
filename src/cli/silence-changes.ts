/** `silence add`, `silence update` and `silence expire`. */
import { userInfo } from 'node:os';
import { type ShownSilence, silenceIdShape, silenceShape } from './api-shapes.ts';
import { type Call, defineCommand } from './command.ts';
import { CommandError, type ExitCode } from './command-error.ts';
import { type FlagTable, humanDuration, list, onOff, text } from './flag-value.ts';
import { instantFlag, instantText } from './instant-text.ts';
import { parseLabelWords, parseMatcherWords } from './label-words.ts';
import { RefusedError } from './node-client.ts';
import { showSilences } from './silence-table.ts';

const SILENCE = 'The silence';
const CHANGE = 'What to change';

const DEFAULT_DURATION_MS = 3_600_000;

export const silenceAdd = defineCommand({
  name: 'silence add',
  operands: 'MATCHER…',
  summary: 'Creates a silence and prints its id.',
  details:
    'Matchers are written name=value, name!=value, name=~regex or name!~regex; alerts that match all of them are ' +
    'silenced. A first word without operator is the alertname.',
  flags: {
    author: text({
      topic: SILENCE,
      short: 'a',
      shownDefault: 'the user of this machine',
      help: 'Who asks for silence.',
    }),
    comment: text({ topic: SILENCE, short: 'c', help: 'Why, for the people who wonder at night.' }),
    'require-comment': onOff({
      topic: SILENCE,
      defaultText: 'true',
      help: 'Turn it off for scripts that have nothing to say.',
    }),
    duration: humanDuration({
      topic: SILENCE,
      short: 'd',
      shownDefault: '1h, unless --end is given',
      help: 'How long from its start.',
    }),
    start: instantFlag({ topic: SILENCE, shownDefault: 'now', help: 'When it starts.' }),
    end: instantFlag({ topic: SILENCE, help: 'When it ends, instead of a duration.' }),
    annotation: list(
      { topic: SILENCE, placeholder: 'NAME=VALUE', help: 'Further facts, such as ticket=….' },
      (given) => given,
    ),
  },
  async run({ flags, words, terminal, node, system, env }) {
    const { matchers, warnings } = parseMatcherWords(words);
    for (const warning of warnings) terminal.remark(`tocsin: ${warning}`);
    if (matchers.length === 0) throw new CommandError(2, 'name at least one matcher, such as alertname=DiskFull');
    if (flags.comment === '' && flags['require-comment']) {
      throw new CommandError(2, 'say why with --comment, or --no-require-comment if there is nothing to say');
    }
    const startsAtMs = flags.start ?? system.now().wallMs;
    const endsAtMs = flags.end ?? startsAtMs + (flags.duration ?? DEFAULT_DURATION_MS);
    if (endsAtMs <= startsAtMs)
      throw new CommandError(2, 'the silence would end before it starts; change --start or --end');
    const { silenceID } = await node.ask(
      {
        method: 'POST',
        path: '/api/v2/silences',
        body: {
          matchers: matchers.map((matcher) => matcher.toJson()),
          startsAt: instantText(startsAtMs),
          endsAt: instantText(endsAtMs),
          createdBy: flags.author || osUser(env),
          comment: flags.comment,
          ...(flags.annotation.length > 0 && { annotations: parseLabelWords(flags.annotation) }),
        },
      },
      silenceIdShape,
    );
    if (flags.output === 'json') terminal.json({ silenceID });
    else terminal.line(silenceID);
    return 0;
  },
});

export const silenceUpdate = defineCommand({
  name: 'silence update',
  operands: 'ID…',
  summary: 'Changes the time or the comment of silences.',
  details: 'A silence that has ended cannot be changed; a new one with another id is made of it, which is then shown.',
  flags: {
    duration: humanDuration({ topic: CHANGE, short: 'd', help: 'How long from its start.' }),
    start: instantFlag({ topic: CHANGE, help: 'When it starts.' }),
    end: instantFlag({ topic: CHANGE, help: 'When it ends, instead of a duration.' }),
    comment: text({ topic: CHANGE, short: 'c', help: 'Why, for the people who wonder at night.' }),
    quiet: onOff({ topic: CHANGE, short: 'q', help: 'Print ids only.' }),
  },
  async run(call) {
    const { flags, terminal, node } = call;
    const isChange = flags.duration ?? flags.start ?? flags.end ?? (flags.comment || undefined);
    if (isChange === undefined)
      throw new CommandError(2, 'say what to change: --duration, --start, --end or --comment');
    const updated: ShownSilence[] = [];
    const exitCode = await forEachId(call, async (path) => {
      const old = await node.ask({ method: 'GET', path }, silenceShape);
      const startsAt = flags.start === undefined ? old.startsAt : instantText(flags.start);
      const fromStart = flags.duration === undefined ? old.endsAt : instantText(Date.parse(startsAt) + flags.duration);
      const { silenceID } = await node.ask(
        {
          method: 'POST',
          path: '/api/v2/silences',
          body: {
            id: old.id,
            matchers: old.matchers,
            startsAt,
            endsAt: flags.end === undefined ? fromStart : instantText(flags.end),
            createdBy: old.createdBy,
            comment: flags.comment || old.comment,
            ...(old.annotations !== undefined && { annotations: old.annotations }),
          },
        },
        silenceIdShape,
      );
      updated.push(await node.ask({ method: 'GET', path: silencePath(silenceID) }, silenceShape));
    });
    if (updated.length > 0) showSilences(terminal, updated, { output: flags.output, quiet: flags.quiet });
    return exitCode;
  },
});

export const silenceExpire = defineCommand({
  name: 'silence expire',
  operands: 'ID…',
  summary: 'Ends silences now.',
  details: '`tocsin silence expire $(tocsin silence query -q alertname=DiskFull)` ends all silences of an alert.',
  flags: {},
  run: (call) => forEachId(call, async (path) => void (await call.node.send({ method: 'DELETE', path }))),
});

/** One id that fails must not keep the others from being done; each failure is told. An unreachable node ends it all. */
async function forEachId<Table extends FlagTable>(
  { words, terminal }: Call<Table>,
  change: (path: string) => Promise<void>,
): Promise<ExitCode> {
  if (words.length === 0) throw new CommandError(2, 'name at least one silence id; `tocsin silence query` lists them');
  let exitCode: ExitCode = 0;
  for (const id of words) {
    try {
      await change(silencePath(id));
    } catch (error) {
      if (!(error instanceof CommandError) || error.exitCode !== 1) throw error;
      const hint =
        error instanceof RefusedError && error.status === 404 ? '; `tocsin silence query` lists the ids' : '';
      terminal.remark(`tocsin: silence ${id}: ${error.message}${hint}`);
      exitCode = 1;
    }
  }
  return exitCode;
}

function silencePath(id: string): string {
  return `/api/v2/silence/${encodeURIComponent(id)}`;
}

function osUser(env: Readonly<Record<string, string | undefined>>): string {
  const named = env.USER || env.LOGNAME;
  if (named !== undefined && named !== '') return named;
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    throw new CommandError(2, 'this user has no name; say who asks for silence with --author');
  }
}
