/**
 * The chart of the time looked at: what fired and what was sent. Its place is kept from the beginning; in words and as a table
 * it says the same, for who does not see it.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChartAnswer } from '../../../../src/shapes/history.ts';
import type { SeverityName } from '../../../../src/shapes/terms.ts';
import { useAnswer } from '../../api/answer.ts';
import { tick } from '../../clock.ts';
import { SeverityShape } from '../../parts/severity-badge.tsx';
import { theme } from '../../theme.ts';
import { countOf } from '../../words/counted.ts';
import { instantText, shortInstantText } from '../../words/instant.ts';
import type { ChartColours, DrawnChart } from './chart-canvas.ts';
import { bridged, chartColumns, chartRows, chartSummary } from './chart-data.ts';
import { chartQuery, endsNow, type HistoryView, spanEnds } from './history-view.ts';

export interface HistoryChartProps {
  readonly view: HistoryView;
  readonly onSelect: (fromMs: number, toMs: number) => void;
}

const POINTS = 150;
/** A chart that ends now goes on in steps, not with each second. */
const STEP_MS = 30_000;
const SEVERITIES: readonly SeverityName[] = ['urgent', 'important', 'interesting', 'other'];

export function HistoryChart({ view, onSelect }: HistoryChartProps) {
  const nowMs = (Math.floor(tick.value / STEP_MS) + 1) * STEP_MS;
  const asked = chartQuery(view, endsNow(view.span, nowMs) ? nowMs : 0, POINTS);
  const { answer: given, error } = useAnswer<ChartAnswer>('api/v3/history/chart', asked, []);
  const answer = useMemo(() => given && bridged(given, Date.parse(given.now)), [given]);
  const [pointed, setPointed] = useState<number>();
  const summary = answer && summaryWords(answer, view, nowMs);
  return (
    <figure class="history-chart panel" aria-label="What fired and what was sent">
      <ChartPanes
        answer={answer}
        label={summary ?? 'The chart is not there yet'}
        onSelect={onSelect}
        onPoint={setPointed}
      />
      <figcaption>
        <p class="history-chart-words">
          {error
            ? `The chart could not be drawn: ${error.detail}`
            : (answer && pointWords(answer, pointed)) || summary || '\u00a0'}
        </p>
        <p class="history-chart-key" aria-hidden="true">
          {SEVERITIES.map((severity) => (
            <span key={severity} class={`key-${severity}`}>
              <SeverityShape severity={severity} />
              {severity}
            </span>
          ))}
          <span class="key-sent">■ sent</span>
          <span class="key-failed">■ failed</span>
          <span class="muted">Drag to select a time</span>
        </p>
      </figcaption>
      <details class="history-chart-table">
        <summary>As a table</summary>
        {answer ? <ChartTable answer={answer} nowMs={nowMs} /> : <p>It is not there yet.</p>}
      </details>
    </figure>
  );
}

function summaryWords(answer: ChartAnswer, view: HistoryView, nowMs: number): string {
  const { sent, failed, peak, unknownSteps } = chartSummary(answer);
  const { fromMs, toMs } = spanEnds(view.span, nowMs);
  const parts = [
    `${shortInstantText(fromMs, nowMs)} to ${shortInstantText(toMs, nowMs)}:`,
    peak === undefined
      ? 'what fired is not known,'
      : peak.firing === 0
        ? 'nothing fired,'
        : `at most ${peak.firing} fired at once,`,
    `${countOf(sent, 'notification')} sent, ${failed} failed.`,
    unknownSteps > 0 && peak !== undefined ? 'Where the line is missing nothing is known.' : '',
  ];
  return parts.filter(Boolean).join(' ');
}

function pointWords({ points }: ChartAnswer, index: number | undefined): string | undefined {
  const point = index === undefined ? undefined : points[index];
  if (point === undefined) return undefined;
  const { at, firing, sent, failed } = point;
  const counts =
    firing &&
    SEVERITIES.filter((severity) => firing[severity] > 0).map((severity) => `${firing[severity]} ${severity}`);
  const fires = counts === null ? 'not known' : counts.join(', ') || 'nothing fires';
  return `${instantText(at)}: ${fires}; ${sent} sent, ${failed} failed`;
}

interface ChartPanesProps {
  readonly answer: ChartAnswer | undefined;
  readonly label: string;
  readonly onSelect: (fromMs: number, toMs: number) => void;
  readonly onPoint: (index: number | undefined) => void;
}

function ChartPanes({ answer, label, onSelect, onPoint }: ChartPanesProps) {
  const firing = useRef<HTMLDivElement>(null);
  const notifications = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<DrawnChart>();
  const [isDark, setDark] = useState(() => matchMedia(DARK).matches);
  const listener = useRef({ onSelect, onPoint });
  listener.current = { onSelect, onPoint };

  useEffect(() => {
    let chart: DrawnChart | undefined;
    let isGone = false;
    void import('./chart-canvas.ts').then(({ drawChart }) => {
      if (isGone || firing.current === null || notifications.current === null) return;
      chart = drawChart(
        { firing: firing.current, notifications: notifications.current },
        {
          onSelect: (fromMs, toMs) => listener.current.onSelect(fromMs, toMs),
          onPoint: (index) => listener.current.onPoint(index),
        },
      );
      setDrawn(chart);
    });
    return () => {
      isGone = true;
      chart?.destroy();
    };
  }, []);
  useEffect(() => {
    const query = matchMedia(DARK);
    const look = () => setDark(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  const chosen = theme.value;
  useEffect(() => {
    if (drawn && answer && firing.current) drawn.draw(chartColumns(answer), coloursOf(firing.current));
  }, [drawn, answer, isDark, chosen]);
  return (
    <div role="img" aria-label={label} class="history-panes">
      <p class="history-pane-name" aria-hidden="true">
        Firing
      </p>
      <div class="history-pane-firing" ref={firing} />
      <p class="history-pane-name" aria-hidden="true">
        Notifications
      </p>
      <div class="history-pane-notifications" ref={notifications} />
    </div>
  );
}

const DARK = '(prefers-color-scheme: dark)';

/** The canvas knows nothing of style sheets. */
function coloursOf(element: Element): ChartColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    urgent: colour('--urgent-solid'),
    important: colour('--important-solid'),
    interesting: colour('--interesting-solid'),
    other: colour('--other-solid'),
    sent: colour('--good-solid'),
    failed: colour('--danger-solid'),
    text: colour('--muted'),
    grid: colour('--line'),
  };
}

const ROWS = 24;

function ChartTable({ answer, nowMs }: { readonly answer: ChartAnswer; readonly nowMs: number }) {
  return (
    <section
      class="history-table-scroll"
      aria-label="The chart as a table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is pushed sideways by keys, too.
      tabIndex={0}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            {SEVERITIES.map((severity) => (
              <th key={severity} scope="col">
                {severity}
              </th>
            ))}
            <th scope="col">sent</th>
            <th scope="col">failed</th>
          </tr>
        </thead>
        <tbody>
          {chartRows(answer, ROWS)
            .toReversed()
            .map(({ fromMs, firing, sent, failed }) => (
              <tr key={fromMs}>
                <th scope="row">{shortInstantText(fromMs, nowMs)}</th>
                {SEVERITIES.map((severity) => (
                  <td key={severity}>{firing === null ? '?' : firing[severity]}</td>
                ))}
                <td>{sent}</td>
                <td>{failed}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
