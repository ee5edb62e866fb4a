import { beforeAll, describe, expect, test } from 'vitest';
import { agreedScenarios } from './agreed-scenarios.ts';
import { differentScenarios, NEWER_FIELDS } from './different-scenarios.ts';
import { TOLERANCE_MS } from './story-clock.ts';
import type { AgreedScenario, DifferentScenario } from './timed-scenario.ts';
import { type ServerName, type ToldStory, tellStory } from './timed-story.ts';
import { hasNewerFields, type ToldMessage, toldMessages } from './told-lines.ts';

type AnyScenario = AgreedScenario | DifferentScenario;
type Told = Readonly<Record<ServerName, readonly ToldMessage[]>>;

const scenarios: readonly AnyScenario[] = [...agreedScenarios, ...differentScenarios];

/** However long the machine stood still: what comes later than this belongs to another tick. */
const MOST_EXCUSED_MS = 400;
/** The story is told twice at most, 23 s each. */
const STORY_TIMEOUT_MS = 120_000;

describe('Alertmanager and Tocsin, told the same story at the same time,', () => {
  const tellings: ToldStory[] = [];
  const tellingOf = new Map<string, ToldStory>();

  beforeAll(async () => {
    const first = await tellStory(scenarios);
    tellings.push(first);
    for (const { name } of scenarios) tellingOf.set(name, first);
    const doubtful = scenarios.filter((scenario) => problems(scenario, toldIn(first, scenario)).length > 0);
    // A message may be late without a fault of ours only where the machine itself stood still.
    if (doubtful.length === 0 || first.watch.stalls.length === 0) return;
    const second = await tellStory(doubtful);
    tellings.push(second);
    for (const { name } of doubtful) tellingOf.set(name, second);
  }, STORY_TIMEOUT_MS);

  function verdict(scenario: AnyScenario): { found: readonly string[]; why: string } {
    const story = tellingOf.get(scenario.name);
    if (!story) throw new Error(`${scenario.name} was not told`);
    return { found: problems(scenario, toldIn(story, scenario)), why: story.watch.summary };
  }

  describe('agree', () => {
    test.each(agreedScenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
      const { found, why } = verdict(scenario);
      expect(found, why).toEqual([]);
    });
  });

  describe('differ on purpose', () => {
    test.each(differentScenarios.map((scenario) => [scenario.difference, scenario.name, scenario] as const))(
      '%s: %s',
      (_difference, _name, scenario) => {
        const { found, why } = verdict(scenario);
        expect(found, why).toEqual([]);
      },
    );

    test(`${NEWER_FIELDS}: in every message of ours, and in none of theirs`, () => {
      const received = (server: ServerName) => tellings.flatMap((story) => story.received[server]);
      expect(received('alertmanager').filter(hasNewerFields)).toEqual([]);
      expect(received('tocsin').filter((notification) => !hasNewerFields(notification))).toEqual([]);
    });
  });
});

function toldIn({ received, clock, postedMs, watch }: ToldStory, scenario: AnyScenario): Told {
  const shows = 'shows' in scenario && scenario.shows ? { shows: scenario.shows } : {};
  const told = (server: ServerName) => {
    const expected = 'both' in scenario ? scenario.both : scenario[server];
    // From the beginning, since a post that was late delays every tick after it.
    const fromMs = clock.instantMs(scenario, 0) - TOLERANCE_MS;
    const mayBeLateMs = (arrivedAtMs: number) =>
      Math.min(MOST_EXCUSED_MS, watch.stalledMs(server, fromMs, arrivedAtMs));
    return toldMessages(scenario, received[server], { clock, postedMs, expected, mayBeLateMs, ...shows });
  };
  return { alertmanager: told('alertmanager'), tocsin: told('tocsin') };
}

/** Whatever is not as it should be, in words. */
function problems(scenario: AnyScenario, told: Told): readonly string[] {
  if ('both' in scenario) {
    return [
      ...wrongLines('Alertmanager', told.alertmanager, scenario.both),
      ...wrongLines('Tocsin', told.tocsin, scenario.both),
      ...differences(told),
    ];
  }
  return [
    ...wrongLines('Alertmanager', told.alertmanager, scenario.alertmanager),
    ...wrongLines('Tocsin', told.tocsin, scenario.tocsin),
    ...(scenario.shows ? [] : differences(told)),
  ];
}

function wrongLines(who: string, told: readonly ToldMessage[], expected: readonly string[]): readonly string[] {
  const lines = told.map(({ line }) => line);
  if (lines.length === expected.length && lines.every((line, index) => line === expected[index])) return [];
  return [`${who} told\n${shown(lines)}\ninstead of\n${shown(expected)}`];
}

function shown(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n') || '  nothing';
}

/** Of the messages that both sent: other bytes, or another time. */
function differences({ alertmanager, tocsin }: Told): readonly string[] {
  const left = [...tocsin];
  return alertmanager.flatMap((theirs) => {
    const index = left.findIndex(({ line, place }) => line === theirs.line && place === theirs.place);
    const [ours] = index < 0 ? [] : left.splice(index, 1);
    if (!ours) return [];
    const apartMs = [ours.arrivedAtMs - theirs.arrivedAtMs, ...instantsApartMs(theirs, ours)].map(Math.abs);
    const isLate = !theirs.isRetry && Math.max(...apartMs) > TOLERANCE_MS + theirs.mayBeLateMs + ours.mayBeLateMs;
    return [
      ...(ours.bytes === theirs.bytes ? [] : [`${theirs.line} is\n  ${ours.bytes}\nand not\n  ${theirs.bytes}`]),
      ...(isLate ? [`${theirs.line} is ${Math.max(...apartMs)} ms apart`] : []),
    ];
  });
}

function instantsApartMs(theirs: ToldMessage, ours: ToldMessage): readonly number[] {
  return ours.serverInstantsMs.map((instantMs, index) => instantMs - (theirs.serverInstantsMs[index] ?? 0));
}
