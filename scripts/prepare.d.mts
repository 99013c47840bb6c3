import type { Progress } from './progress.mjs';

/** The folder of the repository, with a slash at its end. */
export const root: string;

/** Installs and builds what is missing or out of date; rejects with the output of what failed. */
export function prepare(progress: Progress): Promise<void>;
