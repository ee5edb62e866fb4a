/**
 * Matchers as chips with an input after them, completed by the labels and values there are. Enter, Tab or a comma makes a
 * chip of what is typed; Backspace takes the last one back. Chips are buttons: choosing one puts it back into the input.
 */
import './matcher-input.css';
import type { RefObject } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { matcherText, parseMatcher, wordMatcher } from '../words/matcher.ts';
import { splitMatchers } from '../words/matcher-list.ts';
import { useSuggestions } from './matcher-suggestions.ts';

export interface MatcherInputProps {
  /** As text, such as `severity="urgent"`. */
  readonly matchers: readonly string[];
  readonly onChange: (matchers: readonly string[]) => void;
  /** With each key: the matcher that is being typed, or the bare word; '' for none. */
  readonly onDraft?: (draft: string) => void;
  readonly label: string;
  /** What stands in the input at first, in the middle of being typed. */
  readonly firstDraft?: string;
  /** If given, takes words without an operator, which then stay in the input. */
  readonly onWords?: (words: string) => void;
  /** Whether a word without an operator becomes a matcher of the alert's name. */
  readonly takesWords?: boolean;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  /** Of a field around it. */
  readonly id?: string;
}

export function MatcherInput(props: MatcherInputProps) {
  const { matchers, onChange, onDraft, label, takesWords = true } = props;
  const ownId = useId();
  const id = props.id ?? ownId;
  const ownRef = useRef<HTMLInputElement>(null);
  const input = props.inputRef ?? ownRef;
  const [draft, setDraft] = useState(props.firstDraft ?? '');
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [isWrong, setWrong] = useState(false);
  const suggestions = useSuggestions(isOpen ? draft : undefined, matchers);

  const type = (text: string) => {
    setDraft(text);
    setChosen(-1);
    setWrong(false);
    setOpen(true);
    onDraft?.(text);
  };
  const add = (text: string): boolean => {
    const bare = text.trim();
    if (bare === '') return true;
    const isWords = areWords(bare);
    if (isWords && props.onWords !== undefined) {
      props.onWords(bare);
      setOpen(false);
      return true;
    }
    const word = takesWords && isWords ? wordMatcher(bare) : undefined;
    const one = parseMatcher(bare) ?? word;
    // What is pasted from a notification is often a list in braces.
    const parsed = one === undefined ? splitMatchers(bare).map(parseMatcher) : [one];
    if (parsed.length === 0 || !parsed.every((each) => each !== undefined)) {
      setWrong(true);
      return false;
    }
    const written = new Set([...matchers, ...parsed.map(matcherText)]);
    if (written.size > matchers.length) onChange([...written]);
    type('');
    setOpen(false);
    return true;
  };
  const take = (index: number) => {
    const suggestion = suggestions[index];
    if (suggestion === undefined) return;
    if (suggestion.isWhole) add(suggestion.text);
    else type(suggestion.text);
    input.current?.focus();
  };
  const remove = (matcher: string) => {
    onChange(matchers.filter((each) => each !== matcher));
    input.current?.focus();
  };
  const edit = (matcher: string) => {
    onChange(matchers.filter((each) => each !== matcher));
    type(matcher);
    input.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const count = suggestions.length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      if (count > 0)
        setChosen((chosen + (event.key === 'ArrowDown' ? 1 : count + (chosen < 0 ? 1 : 0) - 1) + count) % count);
    } else if (event.key === 'Enter') {
      // With nothing to add it sends the form around it, if there is one.
      if (chosen < 0 && draft.trim() === '') return;
      event.preventDefault();
      if (chosen >= 0) take(chosen);
      else add(draft);
    } else if (event.key === 'Tab' && isOpen && chosen >= 0) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Tab' && !event.shiftKey && parseMatcher(draft) !== undefined) {
      add(draft);
    } else if (event.key === ',' && parseMatcher(draft) !== undefined && !isInQuotes(draft)) {
      event.preventDefault();
      add(draft);
    } else if (event.key === 'Backspace' && draft === '' && matchers.length > 0) {
      event.preventDefault();
      edit(matchers.at(-1) ?? '');
    } else if (event.key === 'Escape') {
      if (isOpen && count > 0) setOpen(false);
      else input.current?.blur();
    }
  };

  const isShown = isOpen && suggestions.length > 0;
  return (
    <div class={isWrong ? 'matcher-input matcher-input-wrong' : 'matcher-input'}>
      <ul class="matcher-chips" aria-label={`${label}: chosen`}>
        {matchers.map((matcher) => (
          <li key={matcher} class="matcher-chip">
            <button type="button" title="Change" onClick={() => edit(matcher)}>
              {matcher}
            </button>
            <button type="button" aria-label={`Remove ${matcher}`} onClick={() => remove(matcher)}>
              ✕
            </button>
          </li>
        ))}
      </ul>
      <input
        id={id}
        ref={input}
        class="matcher-text"
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && chosen >= 0 ? `${id}-${chosen}` : undefined}
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? `${id}-wrong` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        placeholder={matchers.length === 0 ? `severity="urgent"${takesWords ? ', or a word' : ''}` : ''}
        value={draft}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={press}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
      />
      {isWrong && (
        <p class="matcher-wrong" id={`${id}-wrong`} role="alert">
          Not a matcher yet: write name="value", or with !=, =~, !~
        </p>
      )}
      <div
        id={`${id}-list`}
        class="matcher-suggestions"
        role="listbox"
        aria-label="Suggestions"
        hidden={!isShown}
        // The input must not lose the focus before the click arrives.
        onPointerDown={(event) => event.preventDefault()}
      >
        {suggestions.map(({ text, note }, index) => (
          // The keys are the input's, as a combobox has it.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            class="matcher-suggestion"
            onClick={() => take(index)}
          >
            <span>{text}</span>
            <span class="muted">{note}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

/** No matcher, nor the begin of one. */
export function areWords(text: string): boolean {
  return !/[=!~"{}]/.test(text);
}

function isInQuotes(text: string): boolean {
  return (text.replaceAll(/\\./g, '').split('"').length - 1) % 2 === 1;
}
