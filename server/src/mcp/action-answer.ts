import type { ActionView } from '../actions/actions.ts';
import { actionText } from './action-text.ts';
import { renderAction } from './render-action.ts';
import type { ActionResult } from './result-schema.ts';
import type { ToolAnswer } from './tool.ts';
import { errorAnswer, problemError } from './tool-error.ts';

type RenderedPlacement = ActionResult['placements'][number];

/** An action as the answer of a tool. Where no runtime could place it, the first runtime's error is the answer's error. */
export function actionAnswer(view: ActionView, now: number): ToolAnswer {
  const result = renderAction(view, now);
  if (view.action.state === 'failed') {
    const problem = view.placements.find((placement) => placement.problem !== undefined)?.problem;
    if (problem !== undefined) {
      const error = problemError(problem, 'Call inspect_location to see what stands there.');
      return errorAnswer(error, {
        ...result,
        placements: result.placements.map((one) => withoutHint(one, error.hint)),
      });
    }
  }
  return { structured: { ...result }, text: actionText(result, view.action.spec.place.line, now) };
}

/** Often long, and told once already. */
function withoutHint(placement: RenderedPlacement, told: string): RenderedPlacement {
  if (placement.error?.hint !== told) return placement;
  const { hint: _told, ...error } = placement.error;
  return { ...placement, error };
}
