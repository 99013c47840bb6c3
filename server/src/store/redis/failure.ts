import { StoreUnavailable } from '../store.ts';

/**
 * First words of what Redis answers because of its own condition: read-only, out of memory, loading, failing over, its disk
 * full, too few replicas, busy with a script, the password changed. Any other refusal is a fault of ours.
 */
const CONDITIONS =
  /^(READONLY|OOM|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|MISCONF|NOREPLICAS|BUSY|UNKILLABLE|UNBLOCKED|NOAUTH|WRONGPASS|NOPERM|EXECABORT)\b/;

/**
 * What failed, in the words of the store. The error of ioredis is never passed on: it carries the command with all that
 * was to be written, and would be logged.
 */
export function toStoreFailure(error: unknown): Error {
  if (error instanceof StoreUnavailable) return error;
  if (!(error instanceof Error)) return new Error('Redis failed with something that is no error');
  const message = error.message.slice(0, 300);
  if (error.name === 'ReplyError' && !CONDITIONS.test(message)) return new Error(`Redis refused a command: ${message}`);
  return new StoreUnavailable(`Redis cannot be used: ${message}`);
}
