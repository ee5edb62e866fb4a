/**
 * Words for who does not see the page, said by a screen reader of its own accord. What goes on changing is said seldom, or
 * nothing else could be heard; what the reader just asked for is said as soon as it is there.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { after, localNow } from '../clock.ts';

/** Several changes within it are one. */
const SOON_MS = 700;
const SELDOM_MS = 30_000;

export interface SaidProps {
  readonly text: string;
  /** What the reader asked for. When it differs the text is an answer, and otherwise news. */
  readonly asked: string;
}

export function Said({ text, asked }: SaidProps) {
  const [said, setSaid] = useState('');
  const last = useRef({ asked: '', atMs: Number.NEGATIVE_INFINITY });
  const due = useRef<{ asked: string; atMs: number } | undefined>(undefined);
  useEffect(() => {
    // What was said stays until there is something else to say.
    if (text === '' || text === said) {
      due.current = undefined;
      return undefined;
    }
    if (due.current?.asked !== asked) {
      const isNews = last.current.asked === asked;
      const soonMs = localNow() + SOON_MS;
      due.current = { asked, atMs: isNews ? Math.max(soonMs, last.current.atMs + SELDOM_MS) : soonMs };
    }
    return after(Math.max(0, due.current.atMs - localNow()), () => {
      due.current = undefined;
      last.current = { asked, atMs: localNow() };
      setSaid(text);
    });
  }, [text, asked, said]);
  return (
    <p class="off-screen" role="status">
      {said}
    </p>
  );
}
