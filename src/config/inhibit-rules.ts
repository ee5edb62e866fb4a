/** `inhibit_rules`: which firing alerts make which others not worth telling. */
import type { LabelNameMode } from '../model/labels.ts';
import type { InhibitRule } from './config.ts';
import type { ConfigPath } from './config-error.ts';
import { readFields, readList } from './fields.ts';
import type { MatcherReader, MatcherSection } from './matchers.ts';
import type { Problems } from './problems.ts';
import { labelNameProblem, optionalTexts, regexMap, textMap, textOrEmpty } from './values.ts';
import type { PlainValue } from './yaml-tree.ts';

const SCHEMAS = {
  name: textOrEmpty,
  source_match: textMap,
  source_match_re: regexMap,
  source_matchers: optionalTexts,
  target_match: textMap,
  target_match_re: regexMap,
  target_matchers: optionalTexts,
  equal: optionalTexts,
};

export interface InhibitRulesSection {
  readonly config: readonly InhibitRule[];
  readonly shown: readonly unknown[];
}

export interface InhibitRulesOptions {
  readonly path: ConfigPath;
  readonly problems: Problems;
  readonly matchers: MatcherReader;
  readonly labelNames: LabelNameMode;
}

export function readInhibitRules(value: PlainValue | undefined, options: InhibitRulesOptions): InhibitRulesSection {
  const { path, problems } = options;
  const rules = readList(value, { path, problems }).map((rule, index) =>
    readInhibitRule(rule, { ...options, path: [...path, index] }),
  );
  return { config: rules.map(({ config }) => config), shown: rules.map(({ shown }) => shown) };
}

function readInhibitRule(
  value: PlainValue,
  { path, problems, matchers, labelNames }: InhibitRulesOptions,
): { config: InhibitRule; shown: unknown } {
  const fields = readFields(value, SCHEMAS, { path, problems });
  const side = (name: 'source' | 'target'): MatcherSection =>
    matchers.read(
      { match: fields[`${name}_match`], matchRe: fields[`${name}_match_re`], matchers: fields[`${name}_matchers`] },
      { path, prefix: `${name}_` },
    );
  const source = side('source');
  const target = side('target');
  const equal = fields.equal ?? [];
  for (const [index, label] of equal.entries()) {
    const problem = labelNameProblem(label, labelNames);
    if (problem !== undefined) problems.error([...path, 'equal', index], problem);
  }
  // An alert that matches both sides is not inhibited by one that does too, so this rule, like a null one, never inhibits.
  if (source.matchers.length === 0 && target.matchers.length === 0) {
    problems.warning(path, 'has no effect: without source and target matchers an inhibit rule never inhibits');
  }
  const name = fields.name ?? '';
  return {
    config: { name, sourceMatchers: source.matchers, targetMatchers: target.matchers, equal: [...new Set(equal)] },
    shown: {
      ...(name !== '' && { name }),
      ...source.shown,
      ...target.shown,
      ...(equal.length > 0 && { equal }),
    },
  };
}
