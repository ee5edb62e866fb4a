/** Label sets: identity, order and printing, byte for byte as Alertmanager does it. */

/**
 * A plain object, keys in sorted order when made by {@link sortedLabels}. Read single values with {@link labelValue}:
 * a bare index would find what objects inherit (`constructor`, `toString`).
 */
export type Labels = Readonly<Record<string, string>>;
