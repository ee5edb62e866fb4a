/**
 * One node's clock is a day ahead, then a day behind: promise 6. With LONG_STORIES=1 also that the node is told of, which
 * takes more than a minute.
 */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FALSE_CLOCK_PROGRAM, falseClock } from '../support/false-clock.ts';
import { groupKeyOf, ProcessCluster } from '../support/process-cluster.ts';
import type { ProcessNode } from '../support/process-node.ts';
import { describeWithPrograms } from '../support/required-programs.ts';
import { type ReceivedNotification, WebhookSink } from '../support/webhook-sink.ts';

const timeoutMs = 30_000;
const DAY_MS = 86_400_000;
const REPEAT_MS = 4_000;
const SILENCE_MS = 6_000;
/** What a busy machine may add; a day is far more. */
const SLACK_MS = 5_000;

function configFor(sink: WebhookSink): string {
  return `
route: {receiver: team, group_by: [group], group_wait: 300ms, group_interval: 1s, repeat_interval: ${REPEAT_MS}ms}
receivers: [{name: team, webhook_configs: [{url: '${sink.url()}'}]}]
`;
}

/** As a Prometheus server says it: with absolute times of a true clock. */
function said(group: string, change: { readonly endsAt?: string } = {}) {
  const endsAt = new Date(Date.now() + 240_000).toISOString();
  return { labels: { alertname: 'Timed', group }, startsAt: STARTED_AT, endsAt, ...change };
}

const STARTED_AT = new Date().toISOString();

class Story {
  readonly sink: WebhookSink;
  readonly cluster: ProcessCluster;
  readonly #name: string;

  constructor(sink: WebhookSink, cluster: ProcessCluster, name: string) {
    this.sink = sink;
    this.cluster = cluster;
    this.#name = name;
  }

  /** A new group about which this node speaks first. */
  groupOf(node: ProcessNode, topic: string): string {
    const groups = Array.from({ length: 200 }, (_, index) => `${this.#name}-${topic}-${index}`);
    return groups.find((group) => this.cluster.line(groupKeyOf({ group }))[0] === node) ?? expect.unreachable();
  }

  post(...alerts: ReturnType<typeof said>[]): Promise<unknown> {
    return Promise.all(this.cluster.nodes.map(({ api }) => api.post(...alerts)));
  }

  about(group: string, status: string): readonly ReceivedNotification[] {
    return this.sink.received.filter(({ body }) => body.groupLabels.group === group && body.status === status);
  }

  hears(group: string, status: string, count = 1): Promise<unknown> {
    return eventually(`${group} is ${status} ${count} times`, () => this.about(group, status).length >= count, {
      timeoutMs,
    });
  }

  /** Told firing, again at each repeat_interval and no sooner, by the node that owns it; never called over. */
  async repeatsOnce(groups: readonly (readonly [ProcessNode, string])[]): Promise<void> {
    for (const [owner, group] of groups) {
      await this.hears(group, 'firing', 2);
      const told = this.about(group, 'firing');
      const gapsMs = told.slice(1).map(({ arrivedAtMs }, index) => arrivedAtMs - (told[index]?.arrivedAtMs ?? 0));
      expect(Math.min(...gapsMs)).toBeGreaterThan(REPEAT_MS - 1_500);
      expect(Math.max(...gapsMs)).toBeLessThan(REPEAT_MS + SLACK_MS);
      expect(new Set(told.map(({ body }) => body.externalURL))).toEqual(new Set([`http://${owner.name}.test`]));
      expect(this.about(group, 'resolved')).toEqual([]);
    }
  }

  /** On every node the silence is in force until its end and not longer, and then the alert is told once. */
  async silenceEndsInTime(owner: ProcessNode): Promise<void> {
    const group = this.groupOf(owner, 'silenced');
    const untilMs = Date.now() + SILENCE_MS;
    await owner.api.silence('group', group, { untilMs });
    await this.post(said(group));
    await Promise.all(
      this.cluster.nodes.map(async ({ api, name }) => {
        const isIt = ({ matchers }: { matchers: readonly { value: string }[] }) => matchers[0]?.value === group;
        const state = async () => (await api.silences()).find(isIt)?.status.state;
        await eventually(`${name} has the silence`, async () => (await state()) === 'active', { timeoutMs });
        await eventually(`on ${name} it is over`, async () => (await state()) === 'expired', { timeoutMs });
        expect([name, Math.abs(Date.now() - untilMs) < SLACK_MS]).toEqual([name, true]);
        expect(Date.now()).toBeGreaterThan(untilMs - 1_000);
      }),
    );
    await this.hears(group, 'firing');
    expect(this.about(group, 'firing').map(({ arrivedAtMs }) => arrivedAtMs > untilMs - 1_000)).toEqual([true]);
  }
}

describeWithPrograms([FALSE_CLOCK_PROGRAM], 'a node whose clock is wrong by a day', () => {
  test('tells, silences, repeats and resolves as the others do: ahead, then behind', { timeout: 120_000 }, async () => {
    await using sink = await WebhookSink.start();
    await using cluster = await ProcessCluster.start({
      config: configFor(sink),
      env: (name) => (name === 'n3' ? falseClock('+1d') : {}),
    });
    const [right, , wrong] = cluster.nodes;
    if (!right || !wrong) return expect.unreachable();
    // Fires all the time, through both clocks.
    const standing = new Story(sink, cluster, 'standing').groupOf(right, 'firing');
    for (const offsetMs of [DAY_MS, -DAY_MS]) {
      const story = new Story(sink, cluster, offsetMs > 0 ? 'ahead' : 'behind');
      if (offsetMs < 0) {
        await wrong.stop();
        wrong.env = falseClock('-1d');
        await wrong.start();
        await cluster.settled();
      }
      await seesWrongClock(right, wrong, offsetMs);
      const groups = [right, wrong].map((node) => [node, story.groupOf(node, 'firing')] as const);
      await story.post(said(standing), ...groups.map(([, group]) => said(group)));
      await Promise.all([story.repeatsOnce(groups), story.silenceEndsInTime(right), story.silenceEndsInTime(wrong)]);

      const endsAt = new Date().toISOString();
      await story.post(...groups.map(([, group]) => said(group, { endsAt })));
      for (const [, group] of groups) {
        await story.hears(group, 'resolved');
        expect(story.about(group, 'resolved')).toHaveLength(1);
      }
      expect(story.about(standing, 'resolved')).toEqual([]);
    }
    const told = sink.received.flatMap(({ body }) => body.alerts.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]));
    const wrongTimes = told.filter(
      (at) => !at.startsWith('0001') && Math.abs(Date.parse(at) - Date.now()) > DAY_MS / 2,
    );
    expect(wrongTimes).toEqual([]);
  });

  if (process.env.LONG_STORIES) {
    test('is told of after a minute, once, and when its clock is right again', { timeout: 240_000 }, async () => {
      await using sink = await WebhookSink.start();
      await using cluster = await ProcessCluster.start({
        config: configFor(sink).replace(`${REPEAT_MS}ms`, '4h'),
        env: (name) => (name === 'n3' ? falseClock('+1d') : {}),
      });
      const wrong = cluster.node('n3');
      const startedMs = Date.now();
      const heard = (status: string) =>
        sink.received.flatMap(({ body }) =>
          body.alerts.filter(
            ({ labels, ...alert }) => labels.alertname === 'TocsinClockWrong' && alert.status === status,
          ),
        );
      await eventually('the wrong clock is told of', () => heard('firing').length > 0, { timeoutMs: 120_000 });
      expect(Date.now() - startedMs).toBeGreaterThan(50_000);
      expect(heard('firing').map(({ labels }) => labels.member)).toEqual([wrong.id]);
      await wrong.stop();
      wrong.env = {};
      await wrong.start();
      await eventually('it is right again', () => heard('resolved').length > 0, { timeoutMs: 60_000 });
      expect([heard('firing').length, heard('resolved').length]).toEqual([1, 1]);
    });
  }
});

/** Everybody knows by how much, the wrong one as well. */
async function seesWrongClock(right: ProcessNode, wrong: ProcessNode, offsetMs: number): Promise<void> {
  const isWrong = (ms: number | null | undefined) => typeof ms === 'number' && Math.abs(ms - offsetMs) < SLACK_MS;
  await eventually(
    'the wrong clock is noticed',
    async () => {
      const [ofRight, ofWrong] = await Promise.all([right.view(), wrong.view()]);
      const seen = ofRight.members.find(({ id }) => id === wrong.id)?.clockOffsetMs;
      return isWrong(seen) && isWrong(-ofWrong.clockOffsetMs);
    },
    { timeoutMs },
  );
}
