/** `/silences/:id`: what one silence says, what it mutes now, and what can be done with it; after it was made, how to take it back. */
import './silence-page.css';
import { useEffect, useState } from 'preact/hooks';
import type { ShownSilence, SilenceAnswer } from '../../../../src/shapes/silences.ts';
import { useAnswer } from '../../api/answer.ts';
import { tick } from '../../clock.ts';
import type { PageProps } from '../../pages.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { TextWithLinks } from '../../parts/text-with-links.tsx';
import { go, link } from '../../place.ts';
import { instantText } from '../../words/instant.ts';
import { AlertLine } from './alert-line.tsx';
import { DoneNotice } from './done-notice.tsx';
import { EndDialog } from './end-dialog.tsx';
import { ExtendButtons } from './extend-buttons.tsx';
import { SilenceMatchers } from './silence-matchers.tsx';
import { lastDone } from './silence-requests.ts';
import { mutingWords, STATE_WORDS, whenWords } from './silence-words.ts';

export function SilencePage({ parameters }: PageProps) {
  const id = parameters.id ?? '';
  const { answer, error, reload } = useAnswer<SilenceAnswer>(`api/v3/silences/${encodeURIComponent(id)}`, {}, [
    'silences',
    'alerts',
  ]);
  usePageTitle(answer && `Silence: ${answer.silence.comment}`);
  // What was done is said once: not again when somebody comes back to the page.
  useEffect(
    () => () => {
      if (lastDone.value?.id === id) lastDone.value = undefined;
    },
    [id],
  );

  if (answer === undefined) {
    return (
      <div class="silence-page">
        <h1>Silence</h1>
        {error === undefined && <Loading />}
        {error !== undefined && (
          <Notice
            kind={error.status === 404 ? 'empty' : 'error'}
            title={error.status === 404 ? 'There is no such silence' : 'The silence cannot be shown'}
          >
            <p>{error.status === 404 ? 'It may have ended so long ago that it is forgotten.' : error.detail}</p>
            <Link to="/silences">All silences</Link> ·{' '}
            <Link to="/history" query={{ q: id }}>
              What history knows
            </Link>
          </Notice>
        )}
      </div>
    );
  }
  const { silence, alerts } = answer;
  const known = silence.matchers.filter(({ type }) => type === '=').map(({ name }) => name);
  return (
    <div class="silence-page">
      <DoneNotice silence={silence} onUndone={reload} />
      {error && (
        <Notice kind="warning" title="This may be old">
          {error.detail}
        </Notice>
      )}
      <Head silence={silence} reload={reload} />
      <Facts silence={silence} />
      <section aria-labelledby="silence-alerts">
        <h2 id="silence-alerts">{silence.muting === 0 ? 'Alerts' : `Alerts: ${silence.muting}`}</h2>
        {alerts.length === 0 ? (
          <p class="muted">Nothing that it matches fires now.</p>
        ) : (
          <ul class="alert-lines silence-card">
            {alerts.map((alert) => (
              <AlertLine key={alert.fingerprint} alert={alert} known={known} />
            ))}
          </ul>
        )}
        {alerts.length < silence.muting && <p class="muted">The first {alerts.length}, the most urgent first.</p>}
      </section>
    </div>
  );
}

function Head({ silence, reload }: { readonly silence: ShownSilence; readonly reload: () => void }) {
  const [isEnding, setEnding] = useState(false);
  const { id, state } = silence;
  const path = `/silences/${encodeURIComponent(id)}`;
  const isOver = state === 'expired';
  const extended = (newId: string) =>
    newId === id ? reload() : go(`/silences/${newId}`, undefined, { replace: true });
  return (
    <header class="silence-head">
      <p class="silence-state-line">
        <span class={`silence-state silence-state-${state}`}>{STATE_WORDS[state]}</span>{' '}
        {whenWords(silence, tick.value)} · {mutingWords(silence)}
      </p>
      <h1>
        <TextWithLinks text={silence.comment || 'A silence without a comment'} />
      </h1>
      <SilenceMatchers matchers={silence.matchers} />
      <div class="silence-actions">
        {!isOver && <ExtendButtons silence={silence} onExtended={extended} />}
        {!isOver && (
          <ButtonLink to="/silences/new" query={{ edit: id }}>
            Change
          </ButtonLink>
        )}
        {!isOver && <Button onClick={() => setEnding(true)}>End now</Button>}
        <ButtonLink kind={isOver ? 'primary' : 'plain'} to="/silences/new" query={{ again: id }}>
          {isOver ? 'Make it again' : 'Duplicate'}
        </ButtonLink>
        <CopyButton kind="quiet" label="Copy link" text={() => new URL(link(path), location.href).href} />
      </div>
      <EndDialog
        silences={isEnding ? [silence] : []}
        onClose={() => setEnding(false)}
        onEnded={() => {
          lastDone.value = { id, what: 'ended', before: silence };
          reload();
        }}
      />
    </header>
  );
}

function Facts({ silence }: { readonly silence: ShownSilence }) {
  const annotations = Object.entries(silence.annotations);
  return (
    <dl class="silence-facts silence-card">
      <dt>By</dt>
      <dd>{silence.createdBy || 'nobody named'}</dd>
      <dt>Begins</dt>
      <dd>{instantText(silence.startsAt)}</dd>
      <dt>Ends</dt>
      <dd>{instantText(silence.endsAt)}</dd>
      <dt>Last changed</dt>
      <dd>{instantText(silence.updatedAt)}</dd>
      {annotations.map(([name, value]) => (
        <>
          <dt key={name}>{name}</dt>
          <dd>
            <TextWithLinks text={value} />
          </dd>
        </>
      ))}
      <dt>Id</dt>
      <dd>
        <code>{silence.id}</code>
      </dd>
    </dl>
  );
}
