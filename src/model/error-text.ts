/** An error with everything that led to it, as one line for a log or a terminal. */

/** Deeper chains are cut: nobody reads further, and a chain may be a circle. */
const DEEPEST_CAUSE = 8;
const MOST_SIBLINGS = 4;

/**
 * Outermost first, joined by `: `, as Go prints wrapped errors. Says each message once, also where an error repeats its
 * cause's in its own. Line breaks become spaces. Takes anything that can be thrown.
 */
export function errorText(thrown: unknown): string {
  const messages: string[] = [];
  let current = thrown;
  for (let depth = 0; current !== undefined && current !== null && depth < DEEPEST_CAUSE; depth++) {
    const message = ownText(current);
    if (message !== '' && !messages.some((said) => said.includes(message))) messages.push(message);
    current = current instanceof Error ? current.cause : undefined;
  }
  return messages.join(': ') || 'unknown error';
}

function ownText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(typeof thrown === 'string' ? thrown : safeString(thrown));
  // A failed connection to a name with several addresses has no message of its own, only one for each address.
  if (thrown instanceof AggregateError && thrown.message === '') {
    return thrown.errors.slice(0, MOST_SIBLINGS).map(ownText).join(', ');
  }
  const name = thrown.name === 'Error' || thrown.message === '' ? '' : namePrefix(thrown);
  return oneLine(name + (thrown.message || thrown.name));
}

/** Only a programming error's kind tells something its message does not. */
function namePrefix(error: Error): string {
  return error instanceof ReferenceError || error instanceof SyntaxError ? `${error.name}: ` : '';
}

function safeString(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'a thrown value that cannot be shown';
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
