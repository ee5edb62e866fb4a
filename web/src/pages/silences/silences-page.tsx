/** `/silences`: all silences by state, found by words, ended one or many at a time. State, words and place are in the address. */
import './silences-page.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ShownSilence, SilencesAnswer } from '../../../../src/shapes/silences.ts';
import { useAnswer } from '../../api/answer.ts';
import { after } from '../../clock.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { showToast } from '../../parts/toast.tsx';
import { go, query } from '../../place.ts';
import { EndDialog } from './end-dialog.tsx';
import { countOf } from './preview-panel.tsx';
import { SilenceCard } from './silence-card.tsx';
import { STATE_WORDS } from './silence-words.ts';

type State = ShownSilence['state'];
const STATES: readonly State[] = ['active', 'pending', 'expired'];
const PAGE_SIZE = 50;
const TYPING_PAUSE_MS = 250;

export function SilencesPage() {
  const parameters = query.value;
  const state = STATES.find((each) => each === parameters.get('state')) ?? 'active';
  const q = parameters.get('q') ?? '';
  const filter = parameters.getAll('filter');
  const offset = Math.max(0, Math.floor(Number(parameters.get('offset')) || 0));
  const asked = { state, q, filter, offset, limit: PAGE_SIZE };
  const { answer, error, reload } = useAnswer<SilencesAnswer>('api/v3/silences', asked, ['silences', 'alerts']);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [ending, setEnding] = useState<readonly ShownSilence[]>([]);

  const show = (part: Partial<typeof asked>) => {
    const next = { ...asked, offset: 0, ...part };
    go(
      '/silences',
      { state: next.state === 'active' ? undefined : next.state, q: next.q, filter, offset: next.offset || undefined },
      { replace: true },
    );
  };
  // Ticks belong to what is in sight: another state or search begins without any.
  const view = JSON.stringify([state, q, filter, offset]);
  useEffect(() => setChosen(new Set()), [view]);

  const silences = answer?.silences.filter((silence) => silence.state === state) ?? [];
  // The button that ended one goes with it, and whoever was on it must not begin again at the top.
  const heading = useRef<HTMLHeadingElement>(null);
  const hasEnded = useRef(false);
  useEffect(() => {
    if (!hasEnded.current || document.activeElement !== document.body) return;
    hasEnded.current = false;
    heading.current?.focus({ preventScroll: true });
  }, [silences.length]);
  const picked = silences.filter(({ id }) => chosen.has(id));
  const choose = (id: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <div class="silences-page">
      <header class="silences-head">
        <h1 ref={heading} tabIndex={-1}>
          Silences
        </h1>
        <ButtonLink kind="primary" to="/silences/new">
          New silence
        </ButtonLink>
      </header>
      <nav class="silences-states" aria-label="By state">
        {STATES.map((each) => (
          <Link
            key={each}
            to="/silences"
            query={{ state: each === 'active' ? undefined : each, q, filter }}
            aria-current={each === state ? 'page' : undefined}
          >
            {STATE_WORDS[each]} <span class="silences-count">{answer?.counts[each] ?? '–'}</span>
          </Link>
        ))}
      </nav>
      <SearchField value={q} onSearch={(words) => show({ q: words })} />
      {filter.length > 0 && (
        <p class="muted">
          Only those that may mute alerts with {filter.join(', ')}. <Link to="/silences">Show all</Link>
        </p>
      )}
      {error && (
        <Notice kind={answer ? 'warning' : 'error'} title={answer ? 'This may be old' : 'The silences cannot be shown'}>
          {error.detail}
        </Notice>
      )}
      {answer === undefined && !error && <Loading />}
      {answer !== undefined && silences.length === 0 && (
        <Nothing state={state} isSearch={q !== '' || filter.length > 0} />
      )}
      <ul class="silences-list">
        {silences.map((silence) => (
          <SilenceCard
            key={silence.id}
            silence={silence}
            isChosen={chosen.has(silence.id)}
            onChoose={state === 'expired' ? undefined : (isChosen) => choose(silence.id, isChosen)}
            onEnd={() => setEnding([silence])}
            onChanged={reload}
          />
        ))}
      </ul>
      {answer !== undefined && answer.total > PAGE_SIZE && (
        <Pages
          offset={offset}
          total={answer.total}
          onGo={(to) => {
            show({ offset: to });
            // The further ones begin at the top, too.
            heading.current?.focus();
            window.scrollTo(0, 0);
          }}
        />
      )}
      {picked.length > 0 && (
        <section class="silences-chosen" aria-label="Chosen silences">
          <span>{countOf(picked.length, 'silence')} chosen</span>
          {picked.length < silences.length && (
            <Button kind="quiet" onClick={() => setChosen(new Set(silences.map(({ id }) => id)))}>
              All {silences.length}
            </Button>
          )}
          <Button kind="quiet" onClick={() => setChosen(new Set())}>
            None
          </Button>
          <Button kind="danger" onClick={() => setEnding(picked)}>
            End {countOf(picked.length, 'silence')} …
          </Button>
        </section>
      )}
      <EndDialog
        silences={ending}
        onClose={() => setEnding([])}
        onEnded={(ids) => {
          showToast(`${countOf(ids.length, 'silence')} ended`);
          setChosen(new Set());
          hasEnded.current = true;
          reload();
        }}
      />
    </div>
  );
}

function SearchField({ value, onSearch }: { readonly value: string; readonly onSearch: (words: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => (typed === value ? undefined : after(TYPING_PAUSE_MS, () => onSearch(typed.trim()))), [typed]);
  return (
    <input
      type="search"
      class="silences-search"
      aria-label="Find silences"
      placeholder="Find by comment, author, matcher or id"
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

function Nothing({ state, isSearch }: { readonly state: State; readonly isSearch: boolean }) {
  if (isSearch) return <Notice kind="empty" title={`No ${state} silence is like that`} />;
  const words = {
    active: 'Nothing is silenced now',
    pending: 'No silence is planned',
    expired: 'No silence has ended lately',
  };
  return <Notice kind="empty" title={words[state]} />;
}

function Pages({
  offset,
  total,
  onGo,
}: {
  readonly offset: number;
  readonly total: number;
  readonly onGo: (offset: number) => void;
}) {
  const last = Math.min(total, offset + PAGE_SIZE);
  return (
    <nav class="silences-pages" aria-label="Further silences">
      <Button disabled={offset === 0} onClick={() => onGo(Math.max(0, offset - PAGE_SIZE))}>
        ‹ Before
      </Button>
      <span class="muted">
        {offset + 1} to {last} of {total}
      </span>
      <Button disabled={last >= total} onClick={() => onGo(offset + PAGE_SIZE)}>
        After ›
      </Button>
    </nav>
  );
}
