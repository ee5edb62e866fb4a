/**
 * Routing: the tree as it is in force, which way an alert with given labels would go and why, the time intervals and inhibit
 * rules, and what another configuration would change.
 */
import './routing-page.css';
import type { RoutingAnswer } from '../../../../src/shapes/routing.ts';
import { useAnswer } from '../../api/answer.ts';
import { AnswerError } from '../../parts/answer-error.tsx';
import { Loading } from '../../parts/loading.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { countOf } from '../../words/counted.ts';
import { ComparePart } from './compare-part.tsx';
import { DrawnRoutes } from './drawn-routes.tsx';
import { ExplainPart } from './explain-part.tsx';
import { useExplanation, useTypedLabels } from './explanation.ts';
import { InhibitRules, TimeIntervals } from './rules.tsx';

export function RoutingPage() {
  const { answer, error, reload } = useAnswer<RoutingAnswer>('api/v3/routing', {}, [
    'configuration',
    'alerts',
    'notifications',
  ]);
  const [text, type] = useTypedLabels();
  const explanation = useExplanation(text);
  return (
    <>
      <PageHead title="Routing" summary={answer && summaryOf(answer)} />
      <div class="page-parts">
        <AnswerError error={error} hasAnswer={answer !== undefined} onRetry={reload} />
        {answer === undefined && error === undefined && <Loading />}
        <ExplainPart explanation={explanation} onType={type} />
        {answer && <DrawnRoutes routes={answer.routes} explained={explanation.answer?.routes} />}
        {answer && <TimeIntervals timeIntervals={answer.timeIntervals} routes={answer.routes} />}
        {answer && <InhibitRules inhibitRules={answer.inhibitRules} />}
        {answer && <ComparePart routes={answer.routes} labels={explanation.labels} />}
      </div>
    </>
  );
}

function summaryOf({ routes, timeIntervals, inhibitRules }: RoutingAnswer): string {
  const receivers = new Set(routes.map(({ receiver }) => receiver)).size;
  return [
    `${countOf(routes.length, 'route')} to ${countOf(receivers, 'receiver')}`,
    timeIntervals.length > 0 ? countOf(timeIntervals.length, 'time interval') : '',
    inhibitRules.length > 0 ? countOf(inhibitRules.length, 'inhibit rule') : '',
  ]
    .filter(Boolean)
    .join(', ');
}
