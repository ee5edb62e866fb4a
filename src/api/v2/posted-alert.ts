/**
 * Makes an alert out of what a checker posted, by Alertmanager's rules of normalisation. Every alert that comes in takes
 * this path, so it is written by hand, makes no closures and copies nothing that is fine as it is.
 */
import type { Alert } from '../../model/alert.ts';
import { fingerprint, isValidLabelName, type LabelNameMode, type Labels, sortedLabels } from '../../model/labels.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import type { ApiLimits } from '../options.ts';
import { fittedAnnotations, jsonBytes, mayExceed } from './fitted-annotations.ts';
import type { InstantReader } from './instant.ts';

/**
 * What is wrong with a posted alert, by who would have noticed it in Alertmanager: `type` its decoder, `required` and
 * `format` the validation of its API description, `content` its handler. They are answered differently.
 */
export type ProblemKind = 'type' | 'required' | 'format' | 'content';

export class AlertProblem {
  readonly kind: ProblemKind;
  readonly message: string;
  constructor(kind: ProblemKind, message: string) {
    this.kind = kind;
    this.message = message;
  }
}

export interface NormalisingOptions {
  readonly nowMs: number;
  readonly resolveTimeoutMs: number;
  readonly labelNameMode: LabelNameMode;
  readonly limits: ApiLimits;
  /** Whether strings may hold half a surrogate pair, which then is replaced as every encoder would. */
  readonly mayBeIllFormed: boolean;
  /** UTF-16 units of the whole request: no alert in it is longer. */
  readonly bodyLength: number;
  readonly startsAt: InstantReader;
  readonly endsAt: InstantReader;
}

const NO_LABELS: Labels = {};

/** `posted` is one element of the parsed body: anything at all. */
export function normaliseAlert(posted: unknown, options: NormalisingOptions): Alert | AlertProblem {
  if (!isRecord(posted)) return new AlertProblem('type', `${typeName(posted)} is not an alert; send an object`);
  const { nowMs } = options;

  const startsAt = readTime('startsAt', posted.startsAt, options);
  if (startsAt instanceof AlertProblem) return startsAt;
  const endsAt = readTime('endsAt', posted.endsAt, options);
  if (endsAt instanceof AlertProblem) return endsAt;
  const start = startsAt ?? endsAt ?? { ms: nowMs };
  const timeout = endsAt === undefined;
  const endsAtMs = timeout ? nowMs + options.resolveTimeoutMs : endsAt.ms;

  const labels = readLabels(posted.labels, options);
  if (labels instanceof AlertProblem) return labels;
  const given = readAnnotations(posted.annotations, options);
  if (given instanceof AlertProblem) return given;
  const generatorURL = readGeneratorURL(posted.generatorURL, options);
  if (generatorURL instanceof AlertProblem) return generatorURL;

  if (endsAtMs < start.ms) return new AlertProblem('content', 'start time must be before end time');
  const annotations = annotationsThatFit({ labels, annotations: given, generatorURL }, options);
  if (annotations instanceof AlertProblem) return annotations;

  const alert: Alert = {
    fingerprint: fingerprint(labels),
    labels,
    annotations,
    generatorURL,
    startsAtMs: start.ms,
    endsAtMs,
    timeout,
    updatedAtMs: nowMs,
    receivedAtMs: nowMs,
  };
  if (start.text === undefined && endsAt?.text === undefined) return alert;
  return {
    ...alert,
    ...(start.text !== undefined && { startsAtText: start.text }),
    ...(endsAt?.text !== undefined && { endsAtText: endsAt.text }),
  };
}

/** Nearly always those that were given, as a look at the length of the whole request tells. */
function annotationsThatFit(
  texts: { readonly labels: Labels; readonly annotations: Labels; readonly generatorURL: string },
  { limits, bodyLength }: NormalisingOptions,
): Labels | AlertProblem {
  const { labels, annotations, generatorURL } = texts;
  const { alertLength, alertBytes, labelsBytes } = limits;
  const smallest = Math.min(alertLength, alertBytes, labelsBytes);
  if (bodyLength <= alertLength && !mayExceed(smallest, { length: bodyLength, pairs: 0 })) return annotations;
  const ofLabels = sizeOf(labels);
  const ofAnnotations = sizeOf(annotations);
  const length = ofLabels.length + ofAnnotations.length + generatorURL.length;
  if (length > alertLength) {
    return new AlertProblem('content', `has ${length} characters; at most ${alertLength} are taken`);
  }
  if (mayExceed(labelsBytes, ofLabels) && jsonBytes(labels) > labelsBytes) {
    return new AlertProblem('content', `its labels have ${jsonBytes(labels)} bytes; at most ${labelsBytes} are taken`);
  }
  if (!mayExceed(alertBytes, { length, pairs: ofLabels.pairs + ofAnnotations.pairs })) return annotations;
  const fitted = fittedAnnotations(texts, alertBytes);
  return fitted ?? new AlertProblem('content', `has ${jsonBytes(texts)} bytes; at most ${alertBytes} are taken`);
}

function readTime(
  field: 'startsAt' | 'endsAt',
  posted: unknown,
  options: NormalisingOptions,
): Timestamp | undefined | AlertProblem {
  if (posted === undefined || posted === null) return undefined;
  if (typeof posted !== 'string') return new AlertProblem('type', `${field} is ${typeName(posted)}; send a string`);
  const instant = options[field].read(posted);
  if (instant === 'unset') return undefined;
  if (instant !== undefined) return instant;
  return new AlertProblem('type', `${field} ${JSON.stringify(posted.slice(0, 64))} is no RFC 3339 time`);
}

function readLabels(posted: unknown, options: NormalisingOptions): Labels | AlertProblem {
  if (posted === undefined || posted === null) return new AlertProblem('required', 'labels in body is required');
  if (!isRecord(posted)) return new AlertProblem('type', `labels is ${typeName(posted)}; send an object`);
  const { limits, labelNameMode } = options;
  let count = 0;
  let hasEmpty = false;
  for (const name in posted) {
    const value = posted[name];
    if (value === '' || value === null) {
      hasEmpty = true;
      continue;
    }
    if (typeof value !== 'string') return badValue('label', name, value);
    if (!isValidLabelName(name, labelNameMode) && !isRepairable(name, options)) return badName('label set', name);
    if (name.length > limits.nameLength) return tooLong('label name', name, name.length, limits.nameLength);
    if (value.length > limits.labelValueLength) {
      return tooLong('value of label', name, value.length, limits.labelValueLength);
    }
    count++;
  }
  if (count === 0) return new AlertProblem('content', 'at least one label pair required');
  if (count > limits.labelsPerAlert) return tooMany('labels', count, limits.labelsPerAlert);
  const labels = posted as Labels;
  if (!hasEmpty && !options.mayBeIllFormed) return sortedLabels(labels);
  return sortedLabels(copyOf(labels, { keepsEmpty: false }));
}

/** Annotations may be empty, and keep empty values; null is one, as for Go's decoder. */
function readAnnotations(posted: unknown, options: NormalisingOptions): Labels | AlertProblem {
  if (posted === undefined || posted === null) return NO_LABELS;
  if (!isRecord(posted)) return new AlertProblem('type', `annotations is ${typeName(posted)}; send an object`);
  const { limits, labelNameMode } = options;
  let count = 0;
  let hasNull = false;
  for (const name in posted) {
    const value = posted[name] ?? '';
    if (posted[name] === null) hasNull = true;
    if (typeof value !== 'string') return badValue('annotation', name, value);
    if (!isValidLabelName(name, labelNameMode) && !isRepairable(name, options)) return badName('annotations', name);
    if (name.length > limits.nameLength) return tooLong('annotation name', name, name.length, limits.nameLength);
    if (value.length > limits.annotationValueLength) {
      return tooLong('value of annotation', name, value.length, limits.annotationValueLength);
    }
    count++;
  }
  if (count > limits.annotationsPerAlert) return tooMany('annotations', count, limits.annotationsPerAlert);
  const annotations = posted as Labels;
  return sortedLabels(hasNull || options.mayBeIllFormed ? copyOf(annotations, { keepsEmpty: true }) : annotations);
}

/** What Go's `url.ParseRequestURI` lets through: a scheme or a rooted path, no control characters. */
const REQUEST_URI = /^(?:\/|[a-zA-Z][a-zA-Z0-9+.-]*:)[^\x00-\x1f\x7f]*$/;

function readGeneratorURL(posted: unknown, options: NormalisingOptions): string | AlertProblem {
  if (posted === undefined || posted === null || posted === '') return '';
  if (typeof posted !== 'string') {
    return new AlertProblem('type', `generatorURL is ${typeName(posted)}; send a string`);
  }
  const limit = options.limits.generatorURLLength;
  if (posted.length > limit) return tooLong('value of', 'generatorURL', posted.length, limit);
  if (!REQUEST_URI.test(posted)) {
    return new AlertProblem('format', `generatorURL in body must be of type uri: ${JSON.stringify(posted)}`);
  }
  return options.mayBeIllFormed ? posted.toWellFormed() : posted;
}

/** A name that is wrong only by half a surrogate pair is repaired like any other text. */
function isRepairable(name: string, options: NormalisingOptions): boolean {
  return options.mayBeIllFormed && isValidLabelName(name.toWellFormed(), options.labelNameMode);
}

function copyOf(posted: Readonly<Record<string, string | null>>, { keepsEmpty }: { keepsEmpty: boolean }): Labels {
  const copy: Record<string, string> = {};
  for (const [name, value] of Object.entries(posted)) {
    if (value || keepsEmpty) copy[name.toWellFormed()] = (value ?? '').toWellFormed();
  }
  return copy;
}

function sizeOf(labels: Labels): { readonly length: number; readonly pairs: number } {
  let length = 0;
  let pairs = 0;
  for (const name in labels) {
    length += name.length + (labels[name] as string).length;
    pairs += 1;
  }
  return { length, pairs };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function badValue(what: string, name: string, value: unknown): AlertProblem {
  return new AlertProblem('type', `the value of ${what} ${quoted(name)} is ${typeName(value)}; send a string`);
}

function badName(where: string, name: string): AlertProblem {
  return new AlertProblem('content', `invalid ${where}: invalid name ${quoted(name)}`);
}

function tooLong(what: string, name: string, length: number, limit: number): AlertProblem {
  return new AlertProblem(
    'content',
    `the ${what} ${quoted(name)} has ${length} characters; at most ${limit} are taken`,
  );
}

function tooMany(what: string, count: number, limit: number): AlertProblem {
  return new AlertProblem('content', `has ${count} ${what}; at most ${limit} are taken`);
}

/** Names come from the poster and may be of any length. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}
