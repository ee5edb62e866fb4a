/** Labels as they are typed, `name=value name=value`, completed by the names and values that alerts have now. */
import '../../parts/matcher-input.css';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { LabelNamesAnswer, LabelValuesAnswer } from '../../../../src/shapes/groups.ts';
import { getAnswer } from '../../api/client.ts';
import { after } from '../../clock.ts';
import { countOf } from '../../words/counted.ts';
import { complete, completionAt, type LabelCompletion } from './label-text.ts';

export interface LabelsInputProps {
  readonly text: string;
  /** What is wrong with it, in words. */
  readonly problem: string | undefined;
  readonly onType: (text: string) => void;
}

interface Suggestion {
  readonly word: string;
  readonly note: string;
}

const MOST = 10;
const PAUSE_MS = 80;

export function LabelsInput({ text, problem, onType }: LabelsInputProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [caret, setCaret] = useState(text.length);
  const at = completionAt(text, Math.min(caret, text.length));
  const suggestions = useSuggestions(isOpen ? at : undefined);

  const take = (index: number) => {
    const suggestion = suggestions[index];
    if (suggestion === undefined) return;
    const done = complete(text, at, suggestion.word);
    onType(done.text);
    setCaret(done.caret);
    setChosen(-1);
    // Once the text is there.
    after(0, () => {
      input.current?.focus();
      input.current?.setSelectionRange(done.caret, done.caret);
    });
  };
  const press = (event: KeyboardEvent) => {
    const count = suggestions.length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (count > 0) setChosen(chosen < 0 ? (step > 0 ? 0 : count - 1) : (chosen + step + count) % count);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen && chosen >= 0) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Escape') {
      setOpen(false);
      setChosen(-1);
    }
  };
  const isShown = isOpen && suggestions.length > 0;
  return (
    <div class="field labels-input">
      <label for={id}>Labels of an alert, which need not exist</label>
      <div class="labels-input-box">
        <input
          id={id}
          ref={input}
          type="text"
          role="combobox"
          aria-expanded={isShown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isShown && chosen >= 0 ? `${id}-${chosen}` : undefined}
          aria-describedby={`${id}-problem`}
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          placeholder="alertname=Foo severity=urgent"
          value={text}
          onInput={(event) => {
            setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
            setChosen(-1);
            setOpen(true);
            onType(event.currentTarget.value);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onKeyDown={press}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
        />
        <div
          id={`${id}-list`}
          class="matcher-suggestions"
          role="listbox"
          aria-label="Suggestions"
          hidden={!isShown}
          // The input must not lose the focus before the click arrives.
          onPointerDown={(event) => event.preventDefault()}
        >
          {suggestions.map(({ word, note }, index) => (
            // The keys are the input's, as a combobox has it.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <div
              key={word}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              class="matcher-suggestion"
              onClick={() => take(index)}
            >
              <span>{word}</span>
              <span class="muted">{note}</span>
            </div>
          ))}
        </div>
      </div>
      {/* There even while nothing is wrong, so that nothing below moves while one types. */}
      <p class="field-hint" id={`${id}-problem`}>
        {problem ?? 'name=value, with spaces between; values with spaces in quotes.'}
      </p>
    </div>
  );
}

/** Nothing for undefined, or while the node does not say. */
function useSuggestions(at: LabelCompletion | undefined): readonly Suggestion[] {
  const asked = at && JSON.stringify([at.kind, at.name, at.prefix, at.taken]);
  const [found, setFound] = useState<{ readonly for: string; readonly suggestions: readonly Suggestion[] }>();
  useEffect(() => {
    if (at === undefined || asked === undefined) return undefined;
    const gone = new AbortController();
    const cancel = after(PAUSE_MS, () => {
      suggest(at, gone.signal).then(
        (suggestions) => setFound({ for: asked, suggestions }),
        // To go without is no harm.
        () => undefined,
      );
    });
    return () => {
      cancel();
      gone.abort();
    };
  }, [asked]);
  return asked !== undefined && found?.for === asked ? found.suggestions : [];
}

async function suggest(at: LabelCompletion, signal: AbortSignal): Promise<Suggestion[]> {
  const query = { prefix: at.prefix, limit: MOST };
  if (at.kind === 'name') {
    const { names } = await getAnswer<LabelNamesAnswer>('api/v3/labels', query, signal);
    return names
      .filter(({ name }) => !at.taken.includes(name))
      .map(({ name, alerts }) => ({ word: name, note: countOf(alerts, 'alert') }));
  }
  const path = `api/v3/labels/${encodeURIComponent(at.name)}/values`;
  const { values } = await getAnswer<LabelValuesAnswer>(path, query, signal);
  return values.map(({ value, alerts }) => ({ word: value, note: countOf(alerts, 'alert') }));
}
