/** The labels of a route: texts that may be templates and may refer to one another through `routeLabels`. */
import { type Labels, labelNames, labelValue } from '../model/labels.ts';
import { Budget } from './budget.ts';
import { TemplateError, ValueError } from './template-error.ts';

export interface RouteLabelProblem {
  readonly label: string;
  readonly message: string;
}

export interface RenderedRouteLabels {
  /** Without the labels that failed. */
  readonly labels: Labels;
  readonly problems: readonly RouteLabelProblem[];
}

/** Renders each label at most once, however many others refer to it. */
export class RouteLabelResolver {
  readonly #raw: Labels;
  readonly #render: (text: string, budget: Budget) => string;
  readonly #rendered = new Map<string, string>();
  readonly #inProgress: string[] = [];
  #budget = new Budget();

  /** `render` may call back into {@link resolve}; it throws TemplateError. */
  constructor(raw: Labels, render: (text: string, budget: Budget) => string) {
    this.#raw = raw;
    this.#render = render;
  }

  /** '' for a label there is not. Throws {@link ValueError} for a cycle, naming the chain, and {@link TemplateError}. */
  resolve(name: string): string {
    const known = this.#rendered.get(name);
    if (known !== undefined) return known;
    if (this.#inProgress.includes(name)) {
      throw new ValueError(`route label cycle detected: ${[...this.#inProgress, name].join(' -> ')}`);
    }
    this.#inProgress.push(name);
    try {
      const rendered = this.#budget.nested(() => this.#render(labelValue(this.#raw, name), this.#budget));
      this.#rendered.set(name, rendered);
      return rendered;
    } finally {
      this.#inProgress.pop();
    }
  }

  /** All of them. A label that fails is left out and reported. */
  resolveAll(): RenderedRouteLabels {
    const labels: [string, string][] = [];
    const problems: RouteLabelProblem[] = [];
    for (const label of labelNames(this.#raw)) {
      // A label and those it refers to share one; no label uses up another one's.
      this.#budget = new Budget();
      try {
        labels.push([label, this.resolve(label)]);
      } catch (cause) {
        if (!(cause instanceof TemplateError)) throw cause;
        problems.push({ label, message: cause.message });
      }
    }
    return { labels: Object.fromEntries(labels), problems };
  }
}
