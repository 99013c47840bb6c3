import type { Log } from '../../server/src/log.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
