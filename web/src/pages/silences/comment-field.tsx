/** Why: a line for the others, with what this browser was told before one tap away. */
import { Field } from '../../parts/field.tsx';
import { rememberedComments } from './remembered.ts';

export interface CommentFieldProps {
  readonly value: string;
  /** What is written if nothing is. */
  readonly instead: string;
  readonly onChange: (comment: string) => void;
}

export function CommentField({ value, instead, onChange }: CommentFieldProps) {
  const comments = rememberedComments();
  return (
    <Field label="Why (others read it)" hint={value.trim() === '' ? `Left empty it says: ${instead}` : ' '}>
      {(tie) => (
        <>
          <input
            {...tie}
            type="text"
            name="comment"
            list="silence-comments"
            maxLength={2000}
            autocomplete="off"
            value={value}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
          <datalist id="silence-comments">
            {comments.map((comment) => (
              <option key={comment} value={comment} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
