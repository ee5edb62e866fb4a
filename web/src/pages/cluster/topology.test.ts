import { describe, expect, test } from 'vitest';
import { topology, topologyWords } from './topology.ts';

const member = (id: string, links: string[], more: { self?: boolean; alive?: boolean; left?: boolean } = {}) => ({
  id,
  name: `node-${id}`,
  self: false,
  alive: true,
  left: false,
  links,
  ...more,
});
const three = [member('b', ['a', 'c']), member('a', ['b', 'c'], { self: true }), member('c', ['a', 'b'])];

describe('the picture of the cluster', () => {
  test('has this node at the top and the others around', () => {
    const { places, links } = topology(three);
    expect(places.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(places[0]).toMatchObject({ isSelf: true });
    expect(places[0]?.y).toBeCloseTo(20);
    expect(topology(three).height).toBeLessThan(80);
    expect(places.map(({ y, labelY }) => labelY > y)).toEqual([false, true, true]);
    expect(links.map(({ state }) => state)).toEqual(['both ways', 'both ways', 'both ways']);
    expect(topologyWords(topology(three))).toBe(
      '3 living members: node-a, node-b, node-c. All of them are linked both ways.',
    );
  });

  test('marks a link that only one side knows of, from that side', () => {
    const oneWay = topology([member('a', []), member('b', ['a'])]);
    expect(oneWay.links).toMatchObject([{ state: 'one way', from: { id: 'b' }, to: { id: 'a' } }]);
    expect(topologyWords(oneWay)).toContain('node-b has a link to node-a, but node-a has none to node-b.');
    expect(topology([member('a', []), member('b', [])]).links).toMatchObject([{ state: 'none' }]);
  });

  test('claims nothing about the links of the dead, and forgets who left', () => {
    const { places, links } = topology([
      member('a', ['b'], { self: true }),
      member('b', ['a'], { alive: false }),
      member('c', [], { left: true, alive: false }),
    ]);
    expect(places.map(({ isAlive }) => isAlive)).toEqual([true, false]);
    expect(links.map(({ state }) => state)).toEqual(['dead']);
    expect(topologyWords({ places, links })).toBe('node-a is the only living member. Not alive: node-b.');
  });

  test('puts a lone node into the middle', () => {
    expect(topology([member('a', [], { self: true })]).places).toMatchObject([{ x: 50, y: 50 }]);
  });
});
