/** What a group is called: by the name of its alerts if they share one, and by the labels it was made with. */

type Labels = Readonly<Record<string, string>>;

export interface NamedGroup {
  readonly labels: Labels;
  readonly commonLabels: Labels;
}

export interface GroupName {
  readonly title: string;
  /** The labels that say which one of that name. */
  readonly rest: readonly (readonly [name: string, value: string])[];
}

export function groupName({ labels, commonLabels }: NamedGroup): GroupName {
  const name = labels.alertname ?? commonLabels.alertname;
  const own = Object.entries(labels).filter(([label]) => label !== 'alertname');
  if (name) return { title: name, rest: own };
  const [first, ...rest] = own;
  return first === undefined
    ? { title: 'All alerts', rest }
    : { title: first[1] || `no ${first[0]}`, rest: [first, ...rest] };
}

/** Matchers that fit every alert of the group and as few others as can be said. */
export function groupMatchers({
  labels,
  commonLabels,
}: NamedGroup): readonly (readonly [name: string, value: string])[] {
  const own = Object.entries(labels);
  return own.length > 0 ? own : Object.entries(commonLabels);
}

/** What is left to say of one alert of the group. */
export function ownLabels(labels: Labels, group: NamedGroup): readonly (readonly [name: string, value: string])[] {
  return Object.entries(labels).filter(
    ([name, value]) => group.labels[name] !== value && group.commonLabels[name] !== value,
  );
}
