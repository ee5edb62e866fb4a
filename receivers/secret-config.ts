/** How configuration says a secret: a key with the value, or the same key with `_file`, never both. */
import { z } from 'zod';
import { Secret, type SecretSource } from './secret.ts';

/** Where a schema's transform reports what is wrong; paths are relative to the block. */
export type IssueContext = Pick<z.core.$RefinementCtx, 'addIssue'>;

/**
 * Reads the pair `key` and `key_file` of a parsed block. The empty text means unset, as in Alertmanager. Both given is an
 * error, reported on `key_file`.
 */
export function secretSource(block: object, key: string, context: IssueContext): SecretSource | undefined {
  const inline = givenText(block, key);
  const fileKey = `${key}_file`;
  const path = givenText(block, fileKey);
  if (inline !== undefined && path !== undefined) {
    context.addIssue({ code: 'custom', path: [fileKey], message: `at most one of ${key} and ${fileKey} may be set` });
  }
  if (path !== undefined) return { kind: 'file', key: fileKey, path };
  return inline === undefined ? undefined : { kind: 'inline', secret: new Secret(inline) };
}

function givenText(block: object, key: string): string | undefined {
  const value: unknown = Object.hasOwn(block, key) ? (block as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The pair as it is shown, to be spread into its block: `{ password: '<secret>' }`, `{ password_file: path }` or nothing. */
export function showSecretSource(key: string, source: SecretSource | undefined): Record<string, string> {
  if (source === undefined) return {};
  return source.kind === 'file' ? { [`${key}_file`]: source.path } : { [key]: String(source.secret) };
}

/** A key of Prometheus' that needs what neither Alertmanager nor Tocsin has. */
export function unsupported(instead: string) {
  return z
    .unknown()
    .optional()
    .superRefine((value, context) => {
      if (value === undefined || value === null || value === '') return;
      context.addIssue({ code: 'custom', message: `is not supported; ${instead}` });
    });
}
