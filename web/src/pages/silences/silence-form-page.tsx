/**
 * `/silences/new`: a new silence from `filter`, `comment` and `duration` of the address; with `edit` or `again` and an id, one
 * that is changed or made again.
 */
import './silence-form.css';
import { useState } from 'preact/hooks';
import type { SilenceAnswer } from '../../../../src/shapes/silences.ts';
import { useAnswer } from '../../api/answer.ts';
import { serverNow } from '../../clock.ts';
import { Link } from '../../parts/link.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { query } from '../../place.ts';
import { localZone } from '../../zoned-time.ts';
import { draftOfLink, draftOfSilence, type Origin } from './draft.ts';
import { forgetUnsent, rememberedAuthor, unsentDraft } from './remembered.ts';
import { SilenceForm } from './silence-form.tsx';

export function SilenceFormPage() {
  const parameters = query.value;
  const editId = parameters.get('edit');
  const id = editId ?? parameters.get('again');
  if (id === null) return <FormPage key={parameters.toString()} title="New silence" origin={undefined} />;
  return <OriginPage key={id} id={id} intent={editId === null ? 'again' : 'change'} />;
}

function OriginPage({ id, intent }: { readonly id: string; readonly intent: Origin['intent'] }) {
  const { answer, error } = useAnswer<SilenceAnswer>(`api/v3/silences/${encodeURIComponent(id)}`, {}, []);
  const title = intent === 'change' ? 'Change silence' : 'Make it again';
  if (answer !== undefined) return <FormPage title={title} origin={{ intent, silence: answer.silence }} />;
  return (
    <>
      <h1>{title}</h1>
      {error ? (
        <Notice kind="error" title={error.status === 404 ? 'There is no such silence any more' : 'It cannot be shown'}>
          {error.detail} <Link to="/silences">All silences</Link>
        </Notice>
      ) : (
        <Loading />
      )}
    </>
  );
}

function FormPage({ title, origin }: { readonly title: string; readonly origin: Origin | undefined }) {
  const parameters = query.value;
  const address = `/silences/new?${parameters}`;
  const fresh = () => {
    const author = rememberedAuthor();
    if (origin) return draftOfSilence(origin, author, { nowMs: serverNow(), zone: localZone() });
    const [comment, duration] = [parameters.get('comment') ?? undefined, parameters.get('duration') ?? undefined];
    return draftOfLink({ filters: parameters.getAll('filter'), comment, duration }, author);
  };
  const [form, setForm] = useState(() => {
    const unsent = unsentDraft(address);
    return { initial: unsent ?? fresh(), isRestored: unsent !== undefined, attempt: 0 };
  });
  const startOver = () => {
    forgetUnsent();
    setForm(({ attempt }) => ({ initial: fresh(), isRestored: false, attempt: attempt + 1 }));
  };
  return (
    <div class="silence-form-page">
      <h1>{title}</h1>
      <SilenceForm key={form.attempt} {...form} origin={origin} address={address} onStartOver={startOver} />
    </div>
  );
}
