/** Debian's amtool: what it makes of configurations. Starting it takes some 20 ms, so each question is made to count. */
import { availableParallelism } from 'node:os';
import type { Labels } from '../../src/model/labels.ts';
import { runProgram } from '../support/real-process.ts';

/** Of many files: which it takes. */
export async function acceptedConfigs(files: readonly string[]): Promise<readonly boolean[]> {
  const { stdout } = await runProgram('amtool', ['check-config', ...files]);
  const verdicts = [...stdout.matchAll(/^Checking '[^']*' +(SUCCESS|FAILED)/gm)].map(
    ([, verdict]) => verdict === 'SUCCESS',
  );
  if (verdicts.length !== files.length)
    throw new Error(`amtool has checked ${verdicts.length} of ${files.length} files`);
  return verdicts;
}

/** What stands before `receiver: <name>` in its drawing of the routes, by that name. */
export async function drawnMatchers(file: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runProgram('amtool', ['config', 'routes', 'show', '--config.file', file]);
  // By hand, since a value may hold what a regular expression takes for the end of a line.
  const drawn = stdout.split('\n').flatMap((line): [string, string][] => {
    const [, matchers, receiver] = /── (.*?)(?: {2}continue: true)? {2}receiver: (\S+)$/s.exec(line) ?? [];
    return matchers === undefined || receiver === undefined ? [] : [[receiver, matchers]];
  });
  return new Map(drawn);
}

export interface RoutingQuestion {
  readonly file: string;
  readonly labels: Labels;
}

/** The receivers that alerts with these labels are for, in order. Some questions at the same time. */
export async function routedReceivers(questions: readonly RoutingQuestion[]): Promise<readonly (readonly string[])[]> {
  const answers: (readonly string[])[] = [];
  let next = 0;
  const ask = async () => {
    for (let index = next++; index < questions.length; index = next++) {
      const { file, labels } = questions[index] as RoutingQuestion;
      const words = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
      const args = ['config', 'routes', 'test', '--config.file', file, ...words];
      const { code, stdout, output } = await runProgram('amtool', args);
      if (code !== 0) throw new Error(`amtool could not route ${words.join(' ')}: ${output}`);
      answers[index] = stdout.trim().split(',');
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, ask));
  return answers;
}

/** As amtool reads the value of a label: only these three escapes. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** A text for a YAML file, as JSON writes it, but for what YAML wants escaped besides. */
export function yamlText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
