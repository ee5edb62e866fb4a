/**
 * Preloaded into a node (`--import`), makes it a newer version: every word it gives about an alert, a silence or what was told
 * has one more field, `foreseen`, and its API shows that of alerts among the annotations. The sources are changed as they are loaded.
 */
import { registerHooks } from 'node:module';

interface Change {
  readonly file: string;
  readonly replaces: string;
  readonly by: string;
}

const FIELDS = '{ foreseen: { by: "a newer version", words: [1, "two"] } }';

const CHANGES: readonly Change[] = [
  {
    file: 'src/alerts/alert-store.ts',
    replaces: 'return { ...posted, version };',
    by: `return { ...posted, version, unknownFields: ${FIELDS} };`,
  },
  {
    file: 'src/state/silences.ts',
    replaces: '{ silence, version, ended: isEnded ? version : undefined }',
    by: `{ silence, version, ended: isEnded ? version : undefined, unknownFields: ${FIELDS} }`,
  },
  {
    file: 'src/state/notification-log.ts',
    replaces: "{ state: state ?? 'untold', version, atMs: now.monotonicMs }",
    by: `{ state: state ?? 'untold', version, atMs: now.monotonicMs, unknownFields: ${FIELDS} }`,
  },
  {
    file: 'src/api/v2/alert-json.ts',
    replaces: 'JSON.stringify(alert.annotations)',
    by: 'JSON.stringify({ ...alert.annotations, ...alert.unknownFields })',
  },
];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const change = CHANGES.find(({ file }) => url.endsWith(`/${file}`));
    if (!change) return loaded;
    const source = String(loaded.source);
    if (!source.includes(change.replaces)) throw new Error(`${change.file} has not: ${change.replaces}`);
    return { ...loaded, source: source.replace(change.replaces, () => change.by) };
  },
});
