/** The alerts of one group, the gravest first, a hundred at a time: each with what it has of its own. */
import './group-alerts.css';
import { useState } from 'preact/hooks';
import type { GroupAnswer, ListedAlert, ShownGroup } from '../../../../src/shapes/groups.ts';
import { useAnswer } from '../../api/answer.ts';
import { Age } from '../../parts/age.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { LabelChip } from '../../parts/label-chip.tsx';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { SafeLink } from '../../parts/safe-link.tsx';
import { SeverityBadge } from '../../parts/severity-badge.tsx';
import { TextWithLinks } from '../../parts/text-with-links.tsx';
import { ownLabels } from '../../words/group-name.ts';
import { equals } from '../../words/matcher.ts';
import { safeHref } from '../../words/safe-href.ts';
import { severityWord } from '../../words/severity-word.ts';

const PAGE = 100;
const MOST = 500;

export function GroupAlerts({ group, filter }: { readonly group: ShownGroup; readonly filter: readonly string[] }) {
  const [limit, setLimit] = useState(PAGE);
  const { answer, error } = useAnswer<GroupAnswer>(`api/v3/groups/${encodeURIComponent(group.id)}`, { filter, limit }, [
    'alerts',
    'silences',
  ]);
  if (answer === undefined) return error ? <Notice kind="error">{error.detail}</Notice> : <Loading />;
  const left = answer.total - answer.listed.length;
  const shared = Object.entries(group.commonLabels).filter(([name]) => name !== 'severity' && name !== 'alertname');
  return (
    <>
      {shared.length > 0 && (
        <p class="group-shared">
          <span class="muted">All have</span>
          {shared.map(([name, value]) => (
            <LabelChip key={name} name={name} value={value} />
          ))}
        </p>
      )}
      {Object.entries(group.commonAnnotations)
        .filter(([name]) => name !== 'summary')
        .map(([name, text]) => (
          <Annotation key={name} name={name} text={text} />
        ))}
      <ul class="group-alerts">
        {answer.listed.map((alert) => (
          <AlertRow key={alert.fingerprint} alert={alert} group={group} />
        ))}
      </ul>
      {left > 0 && limit < MOST && <Button onClick={() => setLimit(MOST)}>{left} more</Button>}
      {left > 0 && limit >= MOST && (
        <p class="muted">
          and {left} more: <Link to={`/groups/${encodeURIComponent(group.id)}`}>everything about the group</Link>
        </p>
      )}
    </>
  );
}

function Annotation({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <p class="group-annotation">
      <span class="muted">{name}</span> <TextWithLinks text={text} />
    </p>
  );
}

function AlertRow({ alert, group }: { readonly alert: ListedAlert; readonly group: ShownGroup }) {
  const own = ownLabels(alert.labels, group).filter(([name]) => name !== 'severity');
  const annotations = Object.entries(alert.annotations).filter(
    ([name, text]) => group.commonAnnotations[name] !== text,
  );
  const silenceFilter = Object.entries(alert.labels).map(([name, value]) => equals(name, value));
  const to = `/alerts/${encodeURIComponent(alert.fingerprint)}`;
  return (
    <li class="group-alert">
      <div class="group-alert-words">
        <p class="group-alert-labels">
          {severityWord(alert.severity, alert.labels) !==
            severityWord(group.severity, { ...group.commonLabels, ...group.labels }) && (
            <SeverityBadge severity={alert.severity} labels={alert.labels} />
          )}
          {alert.state !== 'active' && <span class="group-alert-state">{alert.state}</span>}
          {own.map(([name, value]) => (
            <LabelChip key={name} name={name} value={value} />
          ))}
          <Age since={alert.startsAt} before="for " />
        </p>
        {annotations.map(([name, text]) => (
          <Annotation key={name} name={name} text={text} />
        ))}
      </div>
      <div class="group-alert-actions">
        {safeHref(alert.generatorURL) !== undefined && <SafeLink href={alert.generatorURL}>Source ↗</SafeLink>}
        <Link to={to}>Details</Link>
        <ButtonLink kind="quiet" to="/silences/new" query={{ filter: silenceFilter }} aria-label="Silence this alert">
          Silence
        </ButtonLink>
      </div>
    </li>
  );
}
