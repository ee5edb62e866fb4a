/** The alerts that `npm run fire` fires: by severity another mishap, so that none hides behind a louder one. */
import { type Labels, labelValue, sameLabels } from '../../src/model/labels.ts';

export interface SampleWords {
  readonly severity: string;
  /** '' for the sample's own, as for all of these. */
  readonly name: string;
  readonly instance: string;
  readonly visibility: string;
  readonly summary: string;
  /** Any others; they win. */
  readonly labels: Labels;
}

export interface SampleAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

interface FromChecker {
  readonly generatorURL?: string | undefined;
}

interface Sample {
  readonly name: string;
  readonly instance: string;
  readonly summary: (instance: string) => string;
}

const PRIVATE: Sample = {
  name: 'KeyLeaked',
  instance: 'vault',
  summary: (instance) => `A private key of ${instance} was found in a public place`,
};
const SAMPLES: ReadonlyMap<string, Sample> = new Map([
  ['urgent', { name: 'DiskFull', instance: 'db1', summary: (instance) => `The disk of ${instance} is full` }],
  [
    'important',
    { name: 'BackupFailed', instance: 'db1', summary: (instance) => `Last night's backup of ${instance} failed` },
  ],
  [
    'interesting',
    {
      name: 'CertificateExpiresSoon',
      instance: 'web1',
      summary: (instance) => `The certificate of ${instance} runs out in 14 days`,
    },
  ],
]);
const OTHER: Sample = {
  name: 'SomethingHappened',
  instance: 'web1',
  summary: (instance) => `Something happened on ${instance}`,
};

/** The annotation that says what fired an alert, to readers and to `npm run resolve`. */
const MARK = 'fired_by';
const MARK_VALUE = 'npm run fire';

export function sampleAlert({ severity, name, instance, visibility, summary, labels }: SampleWords): SampleAlert {
  const isPrivate = visibility !== '' && visibility !== 'public';
  const sample = isPrivate ? PRIVATE : (SAMPLES.get(severity) ?? OTHER);
  const alertname = name || sample.name;
  const where = instance || sample.instance;
  // The sample's words would be wrong for another mishap.
  const words = summary || (alertname === sample.name ? sample.summary(where) : `${alertname} on ${where}`);
  return {
    labels: { alertname, severity, instance: where, ...(visibility !== '' && { visibility }), ...labels },
    annotations: { summary: words, [MARK]: MARK_VALUE },
  };
}

/**
 * By `npm run fire`, which leaves its mark, or by the curl that we suggest beside it: that posts one of the samples, as no
 * Prometheus would, and takes the mark away where it posts what was fired already.
 */
export function isFiredByHand({ labels, annotations, generatorURL = '' }: SampleAlert & FromChecker): boolean {
  if (labelValue(annotations, MARK) === MARK_VALUE) return true;
  const severity = labelValue(labels, 'severity');
  const visibility = labelValue(labels, 'visibility');
  const sample = sampleAlert({ severity, visibility, name: '', instance: '', summary: '', labels: {} });
  return generatorURL === '' && sameLabels(labels, sample.labels);
}
