/** How a command ends when it does not end well. */

/** 0 done; 1 refused, failed, or not as verified; 2 the command line is wrong; 3 the node cannot be reached. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Ends the command with this exit code. The message goes to stderr, one problem a line, each saying what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: Exclude<ExitCode, 0>, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
