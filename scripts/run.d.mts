import type { SpawnOptions } from 'node:child_process';

/** Runs a command to its end; its output, or a rejection that ends with it. */
export function run(command: string, args: readonly string[], options?: SpawnOptions): Promise<string>;

/** Runs npm. */
export function npm(args: readonly string[], options?: SpawnOptions): Promise<string>;
