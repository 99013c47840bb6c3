import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Queue } from './queue.ts';

/** A queue of this process. Nothing of it outlives the process: its owner takes up what is live in the store. */
export declare function createEmbeddedQueue(options: { clock: Clock; log: Log; concurrency?: number }): Queue;
