import { expect, it } from 'vitest';
import { createReceivers, receiverKindOf, receiverKinds } from './index.ts';
import { receiverDependencies } from './testing/dependencies.ts';

it('every kind has its own name and key, and makes what its configuration says', () => {
  expect(new Set(receiverKinds.map(({ integration }) => integration)).size).toBe(receiverKinds.length);
  for (const { configKey, integration } of receiverKinds) expect(configKey).toBe(`${integration}_configs`);
});

it('receivers are made by name, in the order of their integrations', () => {
  const [kind] = receiverKinds;
  const config = (url: string) => kind?.schema.parse({ url }) ?? expect.unreachable();
  const [first, second] = [config('https://one.example.org/'), config('https://two.example.org/')];
  expect(receiverKindOf(first)).toBe(kind);
  const receivers = createReceivers(
    [
      { name: 'both', integrations: [first, second] },
      { name: 'nobody', integrations: [] },
    ],
    receiverDependencies(),
  );
  expect(receivers.get('both')?.map(({ destination }) => destination)).toEqual([
    'https://one.example.org/',
    'https://two.example.org/',
  ]);
  expect(receivers.get('nobody')).toEqual([]);
});

it.each([
  ['url', { url: 'https://hooks.example.org/T0PSECRET/{{ broken' }],
  ['payload', { url: 'https://hooks.example.org/T0PSECRET/', payload: { text: ['{{ broken'] } }],
])('a receiver whose %s is no template is not made, and the error names it without its secrets', (_field, block) => {
  const checkTemplate = (text: string) => {
    if (text.includes('broken')) throw new Error(`template: ${text}: unclosed action`);
  };
  const config = receiverKinds[0]?.schema.parse(block) ?? expect.unreachable();
  const making = () =>
    createReceivers([{ name: 'team', integrations: [config] }], receiverDependencies({ checkTemplate }));
  expect(making).toThrow(/^receiver "team", webhook 0: .*unclosed action/);
  expect(making).not.toThrow(/T0PSECRET/);
});
