/** How long work stands aside for what is urgent; whoever starts the work hands it in. */
export interface Pace {
  /** To be asked after every step, or after `steps` of them; when true, {@link pause} is due. */
  isDue(steps?: number): boolean;
  /** Rejects when nobody wants the result any more. */
  pause(): Promise<void>;
}
