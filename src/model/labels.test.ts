import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareLabels,
  compareText,
  fingerprint,
  formatLabels,
  isValidLabelName,
  type Labels,
  labelNames,
  labelValue,
  sameLabels,
  sortedLabels,
} from './labels.ts';

const text = fc.string({ unit: 'binary' });
const labels: fc.Arbitrary<Labels> = fc.dictionary(
  fc.oneof(text, fc.constantFrom('job', 'instance', '10', '2', 'constructor', '__proto__', '\u{1f600}', '\ue000')),
  text,
  { noNullPrototype: true },
);

/** Straight from the definition: UTF-8 bytes, 64-bit arithmetic. */
function fingerprintByDefinition(set: Labels): string {
  let hash = 14695981039346656037n;
  const add = (byte: number) => {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1099511628211n);
  };
  const names = Object.keys(set).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    for (const part of [name, labelValue(set, name)]) {
      for (const byte of Buffer.from(part)) add(byte);
      add(0xff);
    }
  }
  return hash.toString(16).padStart(16, '0');
}

describe('the fingerprint', () => {
  it('is the one Alertmanager gives the same labels', () => {
    expect(fingerprint({ severity: 'warning', job: 'foo' })).toBe('9266ef3da838ad95');
    expect(fingerprint({ severity: 'critical', job: 'foo' })).toBe('3b15fd163d36582e');
    expect(fingerprint({ severity: 'critical', job: 'bar' })).toBe('c7e68cb08e3e67f9');
  });

  it('of no labels is the offset basis of FNV-1a', () => {
    expect(fingerprint({})).toBe('cbf29ce484222325');
  });

  it('follows the definition for any text', () => {
    fc.assert(
      fc.property(labels, (set) => {
        expect(fingerprint(set)).toBe(fingerprintByDefinition(set));
      }),
    );
  });

  it('does not depend on the order in which labels were given', () => {
    expect(fingerprint({ b: '2', a: '1', '10': 'x', '9': 'y' })).toBe(
      fingerprint({ '9': 'y', a: '1', '10': 'x', b: '2' }),
    );
  });

  it('tells a name from a value', () => {
    expect(fingerprint({ a: 'bc' })).not.toBe(fingerprint({ ab: 'c' }));
  });
});

describe('the order of texts', () => {
  it('is the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('puts emoji behind all of the basic plane, unlike the order of UTF-16', () => {
    expect(['\u{1f600}', '\uff5e', '\ue000', 'a'].sort(compareText)).toEqual(['a', '\ue000', '\uff5e', '\u{1f600}']);
  });
});

describe('a sorted label set', () => {
  it('holds exactly the labels it was made of', () => {
    fc.assert(
      fc.property(labels, (set) => {
        expect(sameLabels(sortedLabels(set), set)).toBe(true);
      }),
    );
  });

  it('lists its keys in order', () => {
    expect(Object.keys(sortedLabels({ severity: 'page', alertname: 'Down', job: 'node' }))).toEqual([
      'alertname',
      'job',
      'severity',
    ]);
  });

  it('is the given object itself if that is in order already', () => {
    const inOrder = { alertname: 'Down', job: 'node' };
    expect(sortedLabels(inOrder)).toBe(inOrder);
  });

  it('keeps a label called __proto__ a label', () => {
    const sorted = sortedLabels(JSON.parse('{"b": "2", "__proto__": "x", "a": "1"}'));
    expect(Object.getPrototypeOf(sorted)).toBe(Object.prototype);
    expect(labelValue(sorted, '__proto__')).toBe('x');
  });

  it('names numbers in the order of texts, which an object alone would not', () => {
    expect(labelNames({ '9': '', '10': '', '!': '' })).toEqual(['!', '10', '9']);
  });
});

describe('the value of a label', () => {
  it('is empty where there is no such label, also for names every object knows', () => {
    for (const name of ['absent', 'constructor', 'toString', '__proto__'])
      expect(labelValue({ job: 'a' }, name)).toBe('');
  });
});

describe('the order of label sets', () => {
  it('puts fewer labels first', () => {
    expect(compareLabels({ z: 'z' }, { a: 'a', b: 'b' })).toBeLessThan(0);
  });

  it('puts the set without the first differing name first', () => {
    expect(compareLabels({ b: '1', c: '1' }, { a: '1', c: '1' })).toBeLessThan(0);
  });

  it('puts the smaller value of the first differing name first', () => {
    expect(compareLabels({ a: '1', b: '2' }, { a: '1', b: '10' })).toBeGreaterThan(0);
  });

  it('is an order', () => {
    fc.assert(
      fc.property(labels, labels, labels, (a, b, c) => {
        expect(Math.sign(compareLabels(a, b)) + Math.sign(compareLabels(b, a))).toBe(0);
        if (compareLabels(a, b) <= 0 && compareLabels(b, c) <= 0) expect(compareLabels(a, c)).toBeLessThanOrEqual(0);
        expect(compareLabels(a, b) === 0).toBe(sameLabels(a, b));
      }),
    );
  });
});

describe('printed labels', () => {
  it('are sorted and quoted as in group keys', () => {
    expect(formatLabels({ job: 'node', alertname: 'a "b"\n' })).toBe('{alertname="a \\"b\\"\\n", job="node"}');
    expect(formatLabels({})).toBe('{}');
  });
});

describe('a label name', () => {
  it('may be any text in the UTF-8 mode, but not empty and not half a character', () => {
    expect(isValidLabelName('with space.and 😀', 'utf8')).toBe(true);
    expect(isValidLabelName('', 'utf8')).toBe(false);
    expect(isValidLabelName('\ud83d', 'utf8')).toBe(false);
  });

  it('has letters, digits and underscores in the classic mode, and does not begin with a digit', () => {
    expect(isValidLabelName('_a9', 'classic')).toBe(true);
    for (const name of ['', '9a', 'a.b', 'a-b', 'a:b', 'é', 'a\n'])
      expect(isValidLabelName(name, 'classic')).toBe(false);
  });

  it('is never __proto__', () => {
    expect(isValidLabelName('__proto__', 'utf8')).toBe(false);
    expect(isValidLabelName('__proto__', 'classic')).toBe(false);
  });
});
