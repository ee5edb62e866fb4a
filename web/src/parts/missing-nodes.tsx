/** Says which nodes' part is missing from what is shown, since their silence would look as if nothing had happened there. */
import type { NodePart } from '../../../src/shapes/terms.ts';
import { Notice } from './notice.tsx';

export interface MissingNodesProps {
  readonly nodes: readonly NodePart[];
  /** What of theirs is not here: `What only they noted`. */
  readonly what: string;
}

export function MissingNodes({ nodes, what }: MissingNodesProps) {
  const missing = nodes.filter(({ state }) => state === 'missing');
  if (missing.length === 0) return null;
  return (
    <Notice kind="warning" title={`Missing: ${missing.map(({ name }) => name).join(', ')}`}>
      <p>{what} is not shown here. It comes by itself once they answer again.</p>
      {missing.map(({ node, name, reason }) => reason && <p key={node}>{`${name}: ${reason}`}</p>)}
    </Notice>
  );
}
