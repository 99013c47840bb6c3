import { LIMITS } from '@borescope/agent-protocol';
import type { CaptureRequest } from '../../../agent-node/src/capture/request.ts';
import type { Locals } from './captured-values.ts';

/** A capture of all variables that stops where a hit may not be larger; the agent's own captures end at 48 KiB. */
export function requestOf(locals: Locals): CaptureRequest {
  return {
    names: Object.keys(locals).map((name) => ({ name, scope: 'local' })),
    values: Object.values(locals),
    thisValue: undefined,
    hasThis: false,
    expressions: [],
    budget: { nodes: 4000, bytes: LIMITS.hitBytes, microseconds: 50_000 },
  };
}
