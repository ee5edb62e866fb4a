import { readFileSync } from 'node:fs';
import { parseTemplates } from './template-set.ts';
const n = JSON.parse(readFileSync('/tmp/gotmpl/notification.json', 'utf8'));
for (const a of n.alerts) a.endsAtMs ??= undefined;
const set = parseTemplates([]);
let bad = 0, total = 0;
for (const line of readFileSync(process.argv[2] ?? '/tmp/gotmpl/out.jsonl', 'utf8').split('\n')) {
  if (!line) continue;
  const c = JSON.parse(line); total++;
  let out: string | undefined, err: unknown;
  try { out = set.render(c.template, n); } catch (e) { err = e; }
  const isT = err === undefined || (err as Error).name === 'TemplateError';
  if (!isT || out !== c.output) { bad++; console.log('---', c.template.slice(0,3000), '\n  go:', c.output ?? c.error, '\n  us:', out ?? (isT ? String(err) : (err as Error).stack)); }
  else if (err && process.argv[3]) console.log(c.template, '\n  go:', c.error, '\n  us:', (err as Error).message);
}
console.log(bad, 'of', total);
