import type { MessagePort } from 'node:worker_threads';
import type { SharedMemory } from './application/shared.ts';
import type { Settings } from './settings/settings.ts';

/** What the worker is given at its start. */
export interface WorkerData {
  /** The bundled file that holds the worker's code. */
  readonly file: string;
  readonly settings: Settings;
  readonly memory: SharedMemory;
  /** The worker's end of the channel to the application's thread. */
  readonly port: MessagePort;
  readonly runtimeId: string;
  readonly cwd: string;
  /** The application's main file, where there is one. */
  readonly script: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}
