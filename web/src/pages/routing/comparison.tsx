/** The outcome of a comparison: whether the configuration is good, whom it would tell otherwise, and which routes differ. */
import type { CompareAnswer, RouteNode } from '../../../../src/shapes/routing.ts';
import { LabelChip } from '../../parts/label-chip.tsx';
import { Notice } from '../../parts/notice.tsx';
import { countOf } from '../../words/counted.ts';
import { type RouteDifference, receiverDifferences, routeDifferences } from './route-tree.ts';

export interface ComparisonProps {
  readonly answer: CompareAnswer;
  readonly before: readonly RouteNode[];
  readonly labels: Readonly<Record<string, string>>;
}

export function Comparison({ answer, before, labels }: ComparisonProps) {
  const { isValid, problems, warnings, alerts, changes, given, routes } = answer;
  if (!isValid) {
    return (
      <Notice kind="error" title="The configuration is not valid">
        <ul class="problems">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      </Notice>
    );
  }
  const differences = routeDifferences(before, routes);
  return (
    <>
      <Notice kind="info" title={titleOf(alerts, differences)}>
        <p>{`Of the alerts that fire now, ${alerts.same} would be told as they are, ${alerts.different} otherwise.`}</p>
        {warnings.length > 0 && (
          <ul class="problems">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        )}
      </Notice>
      {given && (
        <div class="panel">
          <h3>The alert above</h3>
          <p class="change-example">
            {Object.entries(labels).map(([name, value]) => (
              <LabelChip key={name} name={name} value={value} />
            ))}
          </p>
          <Receivers before={given.before} after={given.after} />
        </div>
      )}
      {changes.length > 0 && (
        <div class="panel">
          <h3>Alerts that would be told otherwise</h3>
          <ul class="changes">
            {changes.map(({ before: from, after: to, regrouped, alerts: count, example }) => (
              <li key={`${from.join()} ${to.join()} ${JSON.stringify(example)}`}>
                <p class="change-count">
                  <strong>{countOf(count, 'alert')}</strong>
                  {regrouped && <span class="muted"> the same receivers, in other groups or at other times</span>}
                </p>
                <Receivers before={from} after={to} />
                <p class="change-example">
                  <span class="muted">such as</span>
                  {Object.entries(example).map(([name, value]) => (
                    <LabelChip key={name} name={name} value={value} />
                  ))}
                </p>
              </li>
            ))}
          </ul>
        </div>
      )}
      {differences.length > 0 && (
        <div class="panel">
          <h3>Routes that differ</h3>
          <ul class="changes">
            {differences.map(({ path, change, fields }) => (
              <li key={`${change} ${path}`}>
                <p class="change-route">
                  <span class={`change change-${change}`}>{CHANGE_WORDS[change]}</span> <code>{path}</code>
                </p>
                {fields.map((field) => (
                  <p key={field} class="change-field">
                    {field}
                  </p>
                ))}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

const CHANGE_WORDS: Readonly<Record<RouteDifference['change'], string>> = {
  added: '+ new',
  removed: '− gone',
  changed: '~ changed',
};

function titleOf(alerts: CompareAnswer['alerts'], differences: readonly RouteDifference[]): string {
  if (differences.length === 0 && alerts.different === 0) return 'It routes as the one that runs';
  if (alerts.different === 0) return 'It routes otherwise, but no alert of now would notice';
  return `${countOf(alerts.different, 'alert')} would be told otherwise`;
}

/** What goes is struck out and what comes is underlined, as in a corrected text. */
function Receivers({ before, after }: { readonly before: readonly string[]; readonly after: readonly string[] }) {
  const { kept, gone, added } = receiverDifferences(before, after);
  return (
    <p class="change-receivers">
      {before.length + after.length === 0 && <span class="muted">nobody, as now</span>}
      {gone.map((name) => (
        <del key={name}>
          <span class="off-screen">no more: </span>
          {name}
        </del>
      ))}
      {kept.map((name) => (
        <span key={name}>{name}</span>
      ))}
      {added.map((name) => (
        <ins key={name}>
          <span class="off-screen">new: </span>
          {name}
        </ins>
      ))}
    </p>
  );
}
