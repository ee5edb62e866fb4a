/** That an answer could not be had: why, whether what is shown is an older one, and a button to ask again. */
import type { ProblemError } from '../api/client.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export interface AnswerErrorProps {
  readonly error: ProblemError | undefined;
  readonly hasAnswer: boolean;
  readonly onRetry: () => void;
}

export function AnswerError({ error, hasAnswer, onRetry }: AnswerErrorProps) {
  if (error === undefined) return null;
  return (
    <Notice kind="error" title={hasAnswer ? 'What is shown may be out of date' : 'This could not be loaded'}>
      <p>{error.detail}</p>
      <Button onClick={onRetry}>Try again</Button>
    </Notice>
  );
}
