/**
 * A Dockerfile read for a test that has no container engine: its stages with their instructions in order, each on one line.
 * It knows what ours uses, no more: instructions, comments, lines that go on.
 */

export interface Instruction {
  /** As in the manual: RUN, COPY, … */
  readonly word: string;
  readonly text: string;
}

export interface Stage {
  readonly image: string;
  /** As given by AS; empty for the last one. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

export function readDockerfile(text: string): readonly Stage[] {
  const joined = text.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  const stages: { image: string; name: string; instructions: Instruction[] }[] = [];
  for (const line of joined.split('\n').filter((each) => each.trim() !== '')) {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'FROM') {
      const [image = '', , name = ''] = rest.split(/\s+/);
      stages.push({ image, name, instructions: [] });
    } else stages.at(-1)?.instructions.push({ word, text: rest });
  }
  return stages;
}

/** What COPY takes, where from (empty: the repository) and where to. */
export function readCopy(text: string): {
  readonly from: string;
  readonly sources: readonly string[];
  readonly to: string;
} {
  const words = text.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? '';
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), to: paths.at(-1) ?? '' };
}
