/** The flags this node was started with. */
import { useState } from 'preact/hooks';
import type { StatusAnswer } from '../../../../src/shapes/status.ts';
import { Field } from '../../parts/field.tsx';
import { Notice } from '../../parts/notice.tsx';
import { flagsInOrder } from './flag-order.ts';

export function FlagTable({ flags }: Pick<StatusAnswer, 'flags'>) {
  const [text, setText] = useState('');
  const shown = flagsInOrder(flags, text);
  return (
    <section class="page-part" aria-labelledby="status-flags">
      <div class="page-part-head">
        <h2 id="status-flags">Flags</h2>
        <div class="flag-search">
          <Field label="Find a flag">
            {(tie) => (
              <input {...tie} type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
            )}
          </Field>
        </div>
      </div>
      {shown.length === 0 ? (
        <Notice kind="empty" title="No flag has that in its name or value" />
      ) : (
        <div class="panel flags">
          <dl>
            {shown.map(({ name, value, isDefault }) => (
              <div key={name} class={isDefault ? 'flag flag-default' : 'flag'}>
                <dt>
                  <code>--{name}</code>
                </dt>
                <dd class="flag-value">{value === '' ? <span class="muted">empty</span> : <code>{value}</code>}</dd>
                <dd class="flag-origin">{isDefault ? 'default' : 'given'}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </section>
  );
}
