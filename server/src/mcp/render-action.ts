import type { Cost } from '@borescope/agent-protocol';
import type { Action, Placement } from '../actions/action.ts';
import type { ActionView } from '../actions/actions.ts';
import type { StoredHit } from '../store/store.ts';
import { diagnose } from './diagnosis.ts';
import { ownLimitOf } from './own-limit.ts';
import { type Json, renderNamed, renderValue } from './render-value.ts';
import type { ActionResult } from './result-schema.ts';
import { samplingOf } from './sampling.ts';
import { visibleLine, visibleText } from './visible-text.ts';

/** An action as the contract shows it. `now`, milliseconds since the epoch, dates the diagnosis. */
export function renderAction(view: ActionView, now: number): ActionResult {
  const diagnosis = diagnose(view, now);
  const sampling = samplingOf(view.placements);
  return {
    action: renderActionHead(view.action),
    placements: view.placements.map((placement) => renderPlacement(placement, view.action)),
    hits: view.hits.map(renderHit),
    cost: totalCost(view.placements.flatMap(({ cost }) => cost ?? [])),
    ...(sampling !== undefined && { sampling }),
    ...(diagnosis !== undefined && { diagnosis }),
    redactions: {
      count: view.hits.reduce((sum, { hit }) => sum + hit.redactions.count, 0),
      kinds: [...new Set(view.hits.flatMap(({ hit }) => hit.redactions.kinds))].toSorted(),
    },
    untrusted: true,
  };
}

export function renderActionHead(action: Action): ActionResult['action'] {
  return {
    id: action.id,
    kind: action.spec.kind,
    state: action.state,
    ...(action.reason !== undefined && { reason: action.reason }),
    hits: action.hits,
    max_hits: action.spec.maxHits,
    created_at: new Date(action.createdAt).toISOString(),
    expires_at: new Date(action.expiresAt).toISOString(),
  };
}

function renderPlacement(placement: Placement, action: Action): ActionResult['placements'][number] {
  const { bound, problem } = placement;
  const ownLimit = ownLimitOf(placement.observation);
  return {
    runtime: placement.runtime.id,
    status: placement.status,
    file: visibleLine(bound?.file ?? action.spec.place.file, 4096),
    line: bound?.line ?? action.spec.place.line,
    ...(placement.goneSince !== undefined && { gone_since: isoTime(placement.goneSince) }),
    ...(bound !== undefined && { source_line: visibleText(bound.sourceLine).text }),
    ...(ownLimit !== undefined && { own_limit: ownLimit }),
    ...(bound?.note !== undefined && { note: visibleLine(bound.note, 1024) }),
    ...(problem !== undefined && {
      error: {
        code: problem.code,
        message: visibleLine(problem.message, 2000),
        ...(problem.hint !== undefined && { hint: visibleLine(problem.hint, 2000) }),
      },
    }),
  };
}

function renderHit({ number, runtime, hit }: StoredHit): ActionResult['hits'][number] {
  return {
    hit: number,
    runtime,
    time: isoTime(hit.time),
    file: visibleLine(hit.file, 4096),
    line: hit.line,
    function: visibleLine(hit.function, 1024),
    ...(hit.values.length > 0 && {
      values: hit.values.map(({ expression, value, error }) => ({
        expression: visibleText(expression).text,
        ...(value !== undefined && { value: renderValue(value) }),
        ...(error !== undefined && { error: visibleLine(error, 1024) }),
      })),
    }),
    variables: renderVariables(hit.variables),
    stack: hit.stack.map((frame) => ({
      function: visibleLine(frame.function, 1024),
      file: visibleLine(frame.file, 4096),
      line: frame.line,
      ...(frame.column !== undefined && { column: frame.column }),
    })),
  };
}

/** `block` and `local` are one to the reader: what the function declares, innermost first. */
function renderVariables(variables: StoredHit['hit']['variables']): { [scope: string]: Json } {
  const of = (...scopes: string[]) => variables.filter(({ scope }) => scopes.includes(scope));
  const groups = {
    local: [...of('block'), ...of('local')],
    closure: of('closure'),
    module: of('module'),
  };
  const rendered: { [scope: string]: Json } = {};
  for (const [scope, members] of Object.entries(groups)) {
    if (members.length > 0) rendered[scope] = renderNamed(members);
  }
  const [self] = of('this');
  if (self !== undefined) rendered['this'] = renderValue(self.value);
  return rendered;
}

function totalCost(costs: readonly Cost[]): ActionResult['cost'] {
  const samples = costs.reduce((sum, cost) => sum + cost.samples, 0);
  const totalUs = costs.reduce((sum, cost) => sum + cost.meanUs * cost.samples, 0);
  const arming = costs.flatMap((cost) => cost.armingMs ?? []);
  return {
    samples,
    mean_us: samples === 0 ? 0 : Math.round(totalUs / samples),
    max_us: Math.round(Math.max(0, ...costs.map((cost) => cost.maxUs))),
    total_ms: round(costs.reduce((sum, cost) => sum + cost.totalMs, 0)),
    ...(arming.length > 0 && { arming_ms: round(Math.max(...arming)) }),
  };
}

/** The clock of a runtime may hold anything; a time beyond what a date can be is shown as the epoch. */
function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
