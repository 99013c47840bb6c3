export interface Progress {
  /** A line with the seconds since the start. */
  say(text: string): void;
  /** Runs a step and says when it begins, that it still runs, and how long it took. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

export function startProgress(write?: (line: string) => void): Progress;
