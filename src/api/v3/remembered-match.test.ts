import { expect, test } from 'vitest';
import type { Labels } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { ApiRoute } from '../routing-dependencies.ts';
import { rememberedMatch } from './remembered-match.ts';

const route = (id: string, matchers: readonly Matcher[], routes: readonly ApiRoute[] = []) =>
  ({ id, matchers, routes }) as unknown as ApiRoute;

test('alerts that are alike in what the tree looks at are matched once, and others apart', () => {
  const root = route(
    'root',
    [],
    [route('a', [new Matcher('=', 'site', 'oslo')]), route('b', [new Matcher('!=', 'x', '')])],
  );
  const asked: Labels[] = [];
  const match = rememberedMatch({
    root,
    match(labels) {
      asked.push(labels);
      return root.routes.filter(({ matchers }) => matchers.every((matcher) => matcher.matches(labels)));
    },
  });
  const taken = (labels: Labels) => match(labels).map(({ id }) => id);
  expect(taken({ site: 'oslo', instance: '1' })).toEqual(['a']);
  expect(taken({ site: 'oslo', instance: '2' })).toEqual(['a']);
  expect(taken({ site: 'oslo', x: '1' })).toEqual(['a', 'b']);
  expect(taken({ x: 'oslo' })).toEqual(['b']);
  expect(asked).toHaveLength(3);
});
