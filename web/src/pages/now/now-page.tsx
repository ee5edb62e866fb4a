/**
 * What fires now, grouped as people are told of it: the most urgent first, who was told, and what is kept quiet by what. The
 * view lives in the address. While somebody reads, nothing moves; what is new waits behind a button.
 */
import './now-page.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ShownGroup } from '../../../../src/shapes/groups.ts';
import { queryText } from '../../api/query.ts';
import { after } from '../../clock.ts';
import { Button } from '../../parts/button.tsx';
import { Loading } from '../../parts/loading.tsx';
import { areWords } from '../../parts/matcher-input.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Said } from '../../parts/said.tsx';
import { SeverityBadge } from '../../parts/severity-badge.tsx';
import { VirtualList } from '../../parts/virtual-list.tsx';
import { go, query } from '../../place.ts';
import { markTab } from '../../tab-mark.ts';
import { takeOver } from '../../take-over.ts';
import { fitsDraft, mayMatch } from './draft.ts';
import { FilterBar } from './filter-bar.tsx';
import { GroupRow, silenceQuery } from './group-row.tsx';
import { Keys } from './keys.tsx';
import { Quiet } from './quiet.tsx';
import { SeverityCounts } from './severity-counts.tsx';
import { type ToldTogether, toldTogether } from './told-together.ts';
import { countFor, FIRST_GROUPS, useGroups } from './use-groups.ts';
import { useSilenceWords } from './use-silence-words.ts';
import { useSteady } from './use-steady.ts';
import { askedOf, isNarrowed, queryOf, SEVERITIES, toggled, type View, viewOf } from './view.ts';

/** A row that is not loaded yet. */
interface Later {
  readonly id: string;
}

const keyOf = ({ id }: Later) => id;
const isLoaded = (row: Later): row is ToldTogether => 'receiver' in row;
const NONE: readonly ShownGroup[] = [];
const EXPECTED_HEIGHT_PX = 96;
/** Somebody has stopped typing. */
const LOOK_AFTER_MS = 200;

export function NowPage() {
  const view = useMemo(() => viewOf(query.value), [query.value]);
  const [draft, setDraft] = useState(view.q);
  /** Counts up when the input has to begin anew from the address. */
  const [inputAge, setInputAge] = useState(0);
  const lookedFor = useRef(view.q);
  const [count, setCount] = useState(FIRST_GROUPS);
  const filterInput = useRef<HTMLInputElement>(null);
  const focused = useRef<string | undefined>(undefined);

  const asked = askedOf(view);
  const askedText = queryText(asked);
  const { answer, error, how, reload } = useGroups(asked, count);
  const isOfThisView = how === askedText;

  // Before the node has answered, what is certainly not meant is gone already.
  const latest = useMemo(() => {
    const groups = answer?.groups ?? NONE;
    return isOfThisView
      ? groups
      : groups.filter(
          (group) =>
            mayMatch(group, view.filter) && (view.severity.length === 0 || view.severity.includes(group.severity)),
        );
  }, [answer, isOfThisView, view]);
  const steady = useSteady(latest, { view: `${askedText} ${isOfThisView}`, wanted: answer?.wanted ?? 0, keyOf });
  // The node looks into every alert; what is shared by a group's alerts is all that can be looked into here.
  const isLookedFor = isOfThisView && view.q === draft.trim();
  const shown = useMemo(
    () => (isLookedFor ? steady.items : steady.items.filter((group) => fitsDraft(group, draft))),
    [steady.items, draft, isLookedFor],
  );

  const shownRows = useMemo(() => toldTogether(shown), [shown]);

  const silences = useSilenceWords(answer?.groups.some(({ silencedBy }) => silencedBy.length > 0) ?? false);

  const change = useCallback((changed: Partial<View>, options?: { readonly replace: boolean }) => {
    go('/', queryOf({ ...viewOf(query.value), ...changed }), options);
  }, []);
  const toggle = useCallback(
    (id: string) => change({ open: toggled(viewOf(query.value).open, id) }, { replace: true }),
    [change],
  );
  const narrow = useCallback(
    (matcher: string) => {
      const { filter } = viewOf(query.value);
      if (!filter.includes(matcher)) change({ filter: [...filter, matcher] });
    },
    [change],
  );
  const clear = () => change({ filter: [], q: '', severity: [], state: [], receiver: [] });
  const look = useCallback(
    (q: string, options?: { readonly replace: boolean }) => {
      lookedFor.current = q;
      change({ q }, options);
    },
    [change],
  );
  useEffect(() => {
    const q = areWords(draft) ? draft.trim() : '';
    if (q === lookedFor.current) return undefined;
    return after(LOOK_AFTER_MS, () => look(q, { replace: true }));
  }, [draft, look]);
  // Somebody went back, followed a link, or wants to see everything.
  useEffect(() => {
    if (view.q === lookedFor.current) return;
    lookedFor.current = view.q;
    setDraft(view.q);
    setInputAge((age) => age + 1);
  }, [view.q]);

  const actions = useMemo(() => {
    const move = (step: number) => {
      const index = shownRows.findIndex(({ id }) => id === focused.current);
      const next = shownRows[Math.max(0, Math.min(shownRows.length - 1, index < 0 ? 0 : index + step))];
      if (next === undefined) return;
      focused.current = next.id;
      focusGroup(next.id);
    };
    return {
      '/': () => filterInput.current?.focus(),
      j: () => move(1),
      k: () => move(-1),
      s: () => {
        const group = shownRows.find(({ id }) => id === focused.current);
        if (group !== undefined) go('/silences/new', silenceQuery(group));
      },
    };
  }, [shownRows]);

  const counts = answer?.severities;
  // Of the whole, not of what somebody narrowed down.
  const isMarked = counts !== undefined && view.filter.length + view.receiver.length === 0;
  useEffect(() => (isMarked ? markTab(counts) : undefined), [isMarked, counts]);
  const isAnswered = answer !== undefined || error !== undefined;
  useEffect(() => {
    if (isAnswered) takeOver();
  }, [isAnswered]);

  // Rows that are not loaded have their place already, so that the whole list can be scrolled.
  const left = answer !== undefined && isLookedFor ? answer.total.groups - answer.groups.length : 0;
  const rows = useMemo(
    () => [...shownRows, ...Array.from({ length: Math.max(0, left) }, (_, index): Later => ({ id: `later ${index}` }))],
    [shownRows, left],
  );
  const total = answer && isOfThisView ? totalText(answer.total) : '';
  const fitting =
    !isLookedFor && draft.trim() !== '' && shown.length !== steady.items.length
      ? `; ${shown.length} groups fit what you type`
      : '';
  const reach = useCallback((last: number) => setCount((now) => countFor(last, now)), []);
  return (
    <div class="now-page" onFocusIn={(event) => (focused.current = groupOf(event.target) ?? focused.current)}>
      <h1 class="off-screen">What fires now</h1>
      <SeverityCounts
        counts={answer?.severities}
        chosen={view.severity}
        onToggle={(severity) =>
          change({ severity: SEVERITIES.filter((each) => toggled(view.severity, severity).includes(each)) })
        }
      />
      <FilterBar
        key={inputAge}
        view={view}
        answer={answer}
        inputRef={filterInput}
        onDraft={setDraft}
        onWords={look}
        onChange={change}
      />
      {error && !answer && (
        <Notice kind="error" title="What fires could not be asked for">
          {error.detail} <Button onClick={reload}>Try again</Button>
        </Notice>
      )}
      {!answer && !error && <Loading />}
      <Waiting waiting={steady.waiting} over={steady.over.size} onShow={steady.renew} />
      <div class="now-line">
        <p class="now-total">
          {total}
          {fitting}
        </p>
        <Said text={`${total}${fitting}${waitingText(steady.waiting)}`} asked={`${askedText} ${draft}`} />
        {error && answer && error.status !== 0 && (
          <p class="now-error" role="alert">
            Not renewed: {error.detail}
          </p>
        )}
        {isNarrowed(view) && (
          <Button kind="quiet" class="now-clear" onClick={clear}>
            Show everything
          </Button>
        )}
        <Keys actions={actions} />
      </div>
      <div class={steady.isSettling ? 'now-list now-settling' : 'now-list'}>
        <VirtualList
          items={rows}
          keyOf={keyOf}
          expectedHeight={EXPECTED_HEIGHT_PX}
          label="Groups"
          kept={focused.current}
          onReach={reach}
        >
          {(group) =>
            isLoaded(group) ? (
              <GroupRow
                group={group}
                isOpen={openIdOf(group, view) !== undefined}
                isOver={steady.over.has(group.id)}
                filter={view.filter}
                silences={silences}
                onToggle={() => toggle(openIdOf(group, view) ?? group.id)}
                onNarrow={narrow}
              />
            ) : (
              <p class="now-later">…</p>
            )
          }
        </VirtualList>
      </div>
      {answer && isOfThisView && answer.total.groups === 0 && steady.items.length === 0 && (
        <Quiet quietSince={answer.quietSince} isNarrowed={isNarrowed(view)} onClear={clear} />
      )}
    </div>
  );
}

/** A link may name any of the groups that are one row. */
function openIdOf(group: ToldTogether, { open }: View): string | undefined {
  return [group, ...group.others].find(({ id }) => open.includes(id))?.id;
}

interface WaitingProps {
  readonly waiting: readonly ShownGroup[];
  readonly over: number;
  readonly onShow: () => void;
}

/** Has a place of its own at the edge of the window, so that nothing moves when it comes. */
function Waiting({ waiting, over, onShow }: WaitingProps) {
  if (waiting.length === 0 && over === 0) return <div class="now-waiting" />;
  const gravest = SEVERITIES.find((severity) => waiting.some((group) => group.severity === severity));
  const words = [waiting.length > 0 ? `${waiting.length} new` : '', over > 0 ? `${over} over` : ''].filter(
    (each) => each !== '',
  );
  return (
    <div class="now-waiting">
      <Button kind="primary" onClick={onShow}>
        {gravest && <SeverityBadge severity={gravest} />} {words.join(', ')} · show
      </Button>
    </div>
  );
}

function waitingText(waiting: readonly ShownGroup[]): string {
  if (waiting.length === 0) return '';
  const urgent = waiting.filter(({ severity }) => severity === 'urgent').length;
  return `; ${waiting.length} new ${waiting.length === 1 ? 'group waits' : 'groups wait'}${urgent > 0 ? `, ${urgent} urgent` : ''}`;
}

function totalText({ groups, alerts }: { readonly groups: number; readonly alerts: number }): string {
  return `${alerts} ${alerts === 1 ? 'alert' : 'alerts'} in ${groups} ${groups === 1 ? 'group' : 'groups'}`;
}

function groupOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof HTMLElement)) return undefined;
  return target.closest('.group-row')?.querySelector<HTMLElement>('[data-group]')?.dataset.group;
}

/** It may not exist yet: the list makes it when the window comes near. */
function focusGroup(id: string): void {
  const find = () => document.querySelector<HTMLElement>(`[data-group="${CSS.escape(id)}"]`);
  const found = find();
  if (found !== null) {
    found.focus({ preventScroll: true });
    found.closest('.group-row')?.scrollIntoView({ block: 'nearest' });
  }
}
