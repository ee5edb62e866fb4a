/** How the cluster is, in one line: nothing but numbers while it is well, and names as soon as it is not. */
import type { ClusterAnswer } from '../../../../src/shapes/cluster.ts';

export interface ClusterHealth {
  readonly isWell: boolean;
  readonly words: string;
}

export function clusterHealth(answer: ClusterAnswer | undefined): ClusterHealth {
  if (answer === undefined) return { isWell: true, words: '' };
  if (answer.status === 'disabled') return { isWell: true, words: 'one node, without a cluster' };
  // Whoever said goodbye is not missed.
  const expected = answer.members.filter(({ left }) => !left);
  const dead = expected.filter(({ alive }) => !alive);
  const cloned = expected.filter(({ cloned }) => cloned);
  const troubles = [
    dead.length > 0 ? `${namesOf(dead)} dead` : '',
    cloned.length > 0 ? `${namesOf(cloned)} running twice` : '',
    answer.configDiffers ? 'configurations differ' : '',
    answer.status === 'settling' ? 'settling' : '',
  ].filter((words) => words !== '');
  const alive = `${expected.length - dead.length} of ${expected.length} nodes alive`;
  return { isWell: troubles.length === 0, words: [alive, ...troubles].join('; ') };
}

function namesOf(members: readonly { readonly name: string | null; readonly id: string }[]): string {
  const names = members.map(({ name, id }) => name ?? id.slice(0, 8));
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
