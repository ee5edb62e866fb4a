/**
 * Reads the fields of one block, each by its own schema. Unlike one schema for the whole block it gives the good fields
 * also when others are bad, so that the checks between fields and sections still run and every error is found at once.
 */
import { z } from 'zod';
import { nearestName } from '../model/nearest-name.ts';
import { type ConfigPath, quoted } from './config-error.ts';
import type { Problems } from './problems.ts';
import { isBlock, type PlainBlock, type PlainValue } from './yaml-tree.ts';

export type FieldSchemas = Readonly<Record<string, z.ZodType>>;

/** Absent: the key is missing, null with an optional schema, or its value is bad, which has been reported. */
export type Fields<Schemas extends FieldSchemas> = { [Key in keyof Schemas]?: z.output<Schemas[Key]> };

/** Reports what is wrong with the block, its keys and its values. A null block has no fields. */
export function readFields<Schemas extends FieldSchemas>(
  value: PlainValue | undefined,
  schemas: Schemas,
  { path, problems }: { path: ConfigPath; problems: Problems },
): Fields<Schemas> {
  const fields: Record<string, unknown> = {};
  const block = readBlock(value, { path, problems });
  const known = Object.keys(schemas);
  for (const key of Object.keys(block)) {
    const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
    if (schema === undefined) problems.error([...path, key], unknownKey(key, known));
    else fields[key] = readValue(block[key], schema, { path: [...path, key], problems });
  }
  return fields as Fields<Schemas>;
}

/** Undefined if the value does not fit, which is reported. */
export function readValue<Schema extends z.ZodType>(
  value: PlainValue | undefined,
  schema: Schema,
  { path, problems }: { path: ConfigPath; problems: Problems },
): z.output<Schema> | undefined {
  const result = schema.safeParse(value, { error: wordsOf });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const steps = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code !== 'unrecognized_keys') {
      problems.error([...path, ...steps], issue.message);
      continue;
    }
    const known = knownKeys(schema, steps);
    for (const key of issue.keys) problems.error([...path, ...steps, key], unknownKey(key, known));
  }
  return undefined;
}

export function readBlock(
  value: PlainValue | undefined,
  { path, problems }: { path: ConfigPath; problems: Problems },
): PlainBlock {
  if (isBlock(value)) return value;
  if (value !== null && value !== undefined) problems.error(path, 'must be a block of keys');
  return {};
}

/** Null is an empty list. */
export function readList(
  value: PlainValue | undefined,
  { path, problems }: { path: ConfigPath; problems: Problems },
): readonly PlainValue[] {
  if (Array.isArray(value)) return value;
  if (value !== null && value !== undefined) problems.error(path, 'must be a list; begin each item with "- "');
  return [];
}

export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  if (nearest !== undefined) return `unknown key; did you mean ${quoted(nearest)}?`;
  return known.length === 0 || known.length > 20
    ? 'unknown key; remove it'
    : `unknown key; known are ${known.join(', ')}`;
}

/** In place of zod's own words, which speak of JavaScript types. Schemas with words of their own keep them. */
const wordsOf: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return 'is missing';
  if (issue.expected === 'array') return 'must be a list; begin each item with "- "';
  if (issue.expected === 'object' || issue.expected === 'record') return 'must be a block of keys';
  return 'must be a single value, not a list or a block';
};

/** The keys a schema knows in the block at this path; [] if it cannot be told. */
function knownKeys(schema: z.ZodType, path: ConfigPath): readonly string[] {
  let node: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  for (const step of path) {
    const { properties, items, additionalProperties } = blockSchema(node);
    node = typeof step === 'number' ? items : (own(properties, step) ?? additionalProperties);
  }
  return Object.keys(blockSchema(node).properties ?? {});
}

interface BlockSchema {
  readonly properties?: object;
  readonly items?: unknown;
  readonly additionalProperties?: unknown;
}

/** A key that may be null is a choice between null and a block: takes the block. */
function blockSchema(node: unknown): BlockSchema {
  if (typeof node !== 'object' || node === null) return {};
  const choices = own(node, 'anyOf');
  if (!Array.isArray(choices)) return node;
  return (
    choices.map(blockSchema).find((choice) => choice.properties ?? choice.items ?? choice.additionalProperties) ?? {}
  );
}

function own(value: object | undefined, key: string): unknown {
  return value !== undefined && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
