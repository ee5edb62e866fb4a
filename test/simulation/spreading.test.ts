import { describe, expect, test } from 'vitest';
import { HandMadeHistory, PAGE } from './hand-made-history.ts';
import { Spreading } from './spreading.ts';
import { Standing } from './standing.ts';

/** When a node surely knows what n1 knew at 100 s, in seconds. */
function knows(node: string, history: HandMadeHistory): string[] {
  const spreading = new Spreading(new Standing(history.until(1_000), [PAGE]));
  const stretches = spreading.knows(node, { node: 'n1', atMs: 100_000 });
  return stretches.map(({ fromMs, toMs }) => `${fromMs / 1000}–${toMs / 1000}`);
}

const cut = (...between: [string, string]) => ({ what: 'link', between, fault: 'cut' }) as const;
const healed = (...between: [string, string]) => ({ what: 'link', between, fault: undefined }) as const;

describe('a word reaches', () => {
  test('who had it, at once and for ever', () => {
    expect(knows('n1', new HandMadeHistory())).toEqual(['100–Infinity']);
  });

  test('a peer, in a moment', () => {
    expect(knows('n2', new HandMadeHistory())).toEqual(['100.5–Infinity']);
  });

  test('a peer without a link to it, through another', () => {
    expect(knows('n2', new HandMadeHistory().at(50, cut('n1', 'n2')))).toEqual(['101–Infinity']);
  });

  test('nobody across a partition, until it has healed and peers had time to compare', () => {
    const history = new HandMadeHistory().at(50, cut('n1', 'n2'), cut('n1', 'n3')).at(200, healed('n1', 'n3'));
    expect(knows('n3', history)).toEqual(['203.5–Infinity']);
    expect(knows('n2', history)).toEqual(['204–Infinity']);
  });

  test('nobody, if its sender died at once', () => {
    expect(knows('n2', new HandMadeHistory().at(100.1, { what: 'is killed', node: 'n1', why: '' }))).toEqual([]);
  });

  test('a frozen peer: its kernel hears, and it must listen before it speaks', () => {
    expect(knows('n2', new HandMadeHistory().at(90, { what: 'is frozen', node: 'n2' }))).toEqual(['100.5–Infinity']);
  });

  test('nobody through a frozen one', () => {
    const history = new HandMadeHistory().at(50, cut('n1', 'n2')).at(90, { what: 'is frozen', node: 'n3' });
    expect(knows('n2', history)).toEqual([]);
  });
});

describe('a restart', () => {
  const killed = { what: 'is killed', node: 'n2', why: '' } as const;
  const ready = { what: 'is ready', node: 'n2' } as const;

  test('keeps what is on disk', () => {
    const history = new HandMadeHistory()
      .at(150, killed)
      .at(160, { what: 'starts', node: 'n2', with: 'its own disk' }, ready);
    expect(knows('n2', history)).toEqual(['100.5–Infinity']);
  });

  test('with an empty disk knows what peers know: it must listen before it speaks', () => {
    const history = new HandMadeHistory()
      .at(150, killed)
      .at(160, { what: 'starts', node: 'n2', with: 'an empty disk' }, ready);
    expect(knows('n2', history)).toEqual(['100.5–Infinity']);
  });

  test('loses what a failing disk did not take', () => {
    const history = new HandMadeHistory()
      .at(90, { what: 'disk', node: 'n2', does: 'refuses', works: false })
      .at(150, killed)
      .at(152, { what: 'disk', node: 'n2', does: 'works', works: true })
      .at(155, { what: 'starts', node: 'n2', with: 'its own disk' }, ready);
    expect(knows('n2', history)).toEqual(['100.5–150', '155–Infinity']);
  });
});
