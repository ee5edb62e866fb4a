/** Collects everything wrong or doubtful in one file while its parts are read, each with its place. */
import { type ConfigError, type ConfigPath, formatPath, messageLine, sortedErrors } from './config-error.ts';
import type { YamlTree } from './yaml-tree.ts';

export class Problems {
  readonly #tree: YamlTree;
  readonly #errors: ConfigError[];
  readonly #warnings: ConfigError[];

  constructor(tree: YamlTree) {
    this.#tree = tree;
    this.#errors = [...tree.errors];
    this.#warnings = [...tree.warnings];
  }

  /** Undefined, so that a reader can return it. */
  error(path: ConfigPath, message: string): undefined {
    this.#errors.push(this.#problem(path, message));
  }

  warning(path: ConfigPath, message: string): void {
    this.#warnings.push(this.#problem(path, message));
  }

  lineOf(path: ConfigPath): number {
    return this.#tree.placeOf(path).line;
  }

  get errors(): readonly ConfigError[] {
    return sortedErrors(this.#errors);
  }

  get warnings(): readonly ConfigError[] {
    return sortedErrors(this.#warnings);
  }

  #problem(path: ConfigPath, message: string): ConfigError {
    return { ...this.#tree.placeOf(path), path: formatPath(path), message: messageLine(message) };
  }
}
