/** What of the record is looked at: kinds, outcomes, receivers, nodes, labels, words. What narrows it is always in sight. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { ReceiversAnswer } from '../../../../src/shapes/receivers.ts';
import type { NodePart } from '../../../../src/shapes/terms.ts';
import { useAnswer } from '../../api/answer.ts';
import { after } from '../../clock.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { MatcherInput } from '../../parts/matcher-input.tsx';
import { KIND_WORDS } from './event-words.ts';
import { type HistoryView, isFiltered, LISTED_KINDS, OUTCOMES, UNFILTERED } from './history-view.ts';

export interface HistoryFiltersProps {
  readonly view: HistoryView;
  readonly nodes: readonly NodePart[];
  readonly onChange: (changed: Partial<HistoryView>) => void;
  /** What else can be done with what is looked at. */
  readonly children?: ComponentChildren;
}

const OUTCOME_WORDS = { sent: 'Sent', refused: 'Failed', unknown: 'Unknown' } as const;
const TYPING_MS = 400;

export function HistoryFilters({ view, nodes, onChange, children }: HistoryFiltersProps) {
  const [isOpen, setOpen] = useState(isFiltered(view));
  const { answer: receivers } = useAnswer<ReceiversAnswer>(isOpen ? 'api/v3/receivers' : undefined, {}, [
    'configuration',
  ]);
  return (
    <section class="history-filters" aria-label="Filters">
      <div class="history-filters-head">
        <Button aria-expanded={isOpen} aria-controls="history-filters" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fewer filters' : 'Filter …'}
        </Button>
        <ul class="history-narrowed" aria-label="Narrowed down to">
          {narrowedBy(view).map(({ words, without }) => (
            <li key={words}>
              <Button aria-label={`No longer only ${words}`} onClick={() => onChange(without)}>
                {words} <span aria-hidden="true">✕</span>
              </Button>
            </li>
          ))}
        </ul>
        {isFiltered(view) && (
          <Button kind="quiet" onClick={() => onChange(UNFILTERED)}>
            Show everything
          </Button>
        )}
        <div class="history-actions">{children}</div>
      </div>
      <div id="history-filters" class="panel history-filters-form" hidden={!isOpen}>
        <Choices
          legend="What"
          names={LISTED_KINDS}
          words={KIND_WORDS}
          chosen={view.kinds}
          onChange={(kinds) => onChange({ kinds })}
        />
        <Choices
          legend="Notifications that were"
          names={OUTCOMES}
          words={OUTCOME_WORDS}
          chosen={view.outcomes}
          onChange={(outcomes) => onChange({ outcomes })}
        />
        {nodes.length > 1 && (
          <Choices
            legend="Noted by"
            names={nodes.map(({ name }) => name).toSorted()}
            chosen={view.nodes}
            onChange={(chosen) => onChange({ nodes: chosen })}
          />
        )}
        <div class="history-filter-fields">
          <Field label="Labels">
            {({ id }) => (
              <MatcherInput
                id={id}
                label="Labels"
                matchers={view.filters}
                onChange={(filters) => onChange({ filters })}
              />
            )}
          </Field>
          <ReceiverChoice
            names={receivers?.receivers.map(({ name }) => name) ?? []}
            onChoose={(name) => onChange({ receivers: [...new Set([...view.receivers, name])] })}
          />
          <TextField text={view.text} onChange={(text) => onChange({ text })} />
        </div>
      </div>
    </section>
  );
}

/** Each with the view without it. */
function narrowedBy(view: HistoryView): { readonly words: string; readonly without: Partial<HistoryView> }[] {
  const { kinds, outcomes, receivers, nodes, filters, fingerprint, group, text } = view;
  const but = <Value,>(values: readonly Value[], one: Value) => values.filter((value) => value !== one);
  return [
    ...kinds.map((kind) => ({ words: KIND_WORDS[kind], without: { kinds: but(kinds, kind) } })),
    ...outcomes.map((outcome) => ({
      words: OUTCOME_WORDS[outcome],
      without: { outcomes: but(outcomes, outcome) },
    })),
    ...receivers.map((name) => ({ words: `to ${name}`, without: { receivers: but(receivers, name) } })),
    ...nodes.map((name) => ({ words: `by ${name}`, without: { nodes: but(nodes, name) } })),
    ...filters.map((filter) => ({ words: filter, without: { filters: but(filters, filter) } })),
    ...(fingerprint === undefined ? [] : [{ words: `alert ${fingerprint}`, without: { fingerprint: undefined } }]),
    ...(group === undefined ? [] : [{ words: `group ${group}`, without: { group: undefined } }]),
    ...(text === '' ? [] : [{ words: `“${text}”`, without: { text: '' } }]),
  ];
}

interface ChoicesProps<Name extends string> {
  readonly legend: ComponentChildren;
  readonly names: readonly Name[];
  readonly words?: Readonly<Partial<Record<Name, string>>>;
  readonly chosen: readonly Name[];
  readonly onChange: (chosen: readonly Name[]) => void;
}

/** None chosen is all. */
function Choices<Name extends string>({ legend, names, words, chosen, onChange }: ChoicesProps<Name>) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {names.map((name) => (
        <label key={name} class="choice">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...chosen, name] : chosen.filter((other) => other !== name))
            }
          />
          {words?.[name] ?? name}
        </label>
      ))}
    </fieldset>
  );
}

function ReceiverChoice({
  names,
  onChoose,
}: {
  readonly names: readonly string[];
  readonly onChoose: (name: string) => void;
}) {
  return (
    <Field label="Receiver">
      {(tie) => (
        <select
          {...tie}
          value=""
          onChange={(event) => event.currentTarget.value && onChoose(event.currentTarget.value)}
        >
          <option value="">Any</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function TextField({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const id = useId();
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    return after(TYPING_MS, () => onChange(typed));
  }, [typed]);
  return (
    <div class="field">
      <label for={id}>Words</label>
      <input
        id={id}
        type="search"
        value={typed}
        placeholder="an error, a comment, an id …"
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </div>
  );
}
