import { callTool, type ToolResult } from './call-tool.ts';
import { Failure } from './failure.ts';
import { interruptible } from './interrupt.ts';
import { liveProgress } from './progress.ts';
import { show } from './tool-command.ts';

export interface Waiting {
  /** Seconds; until the end where not given. */
  readonly wait?: number;
  /** Only hits after this number. */
  readonly after?: number;
  readonly json: boolean;
}

/**
 * Waits for the end of an action and prints its result; Ctrl-C cancels the action. `place` places it and gives the tool's
 * answer, or it is the id of one that is there. An action is placed without waiting, so that its id is known in time.
 */
export async function actionCommand(
  place: string | ((onProgress: (message: string) => void, signal: AbortSignal) => Promise<ToolResult>),
  { wait, after, json }: Waiting,
): Promise<ToolResult['structured']> {
  const progress = liveProgress();
  let placed: Promise<string | undefined> = Promise.resolve(typeof place === 'string' ? place : undefined);

  async function work(signal: AbortSignal): Promise<ToolResult> {
    if (typeof place !== 'string') {
      const placing = place(progress.show, signal);
      placed = placing.then(({ structured }) => actionId(structured));
      placed.catch(() => undefined);
      const answer = await placing;
      if (answer.isError || wait === 0) return answer;
    }
    const args = {
      action_id: await placed,
      ...(wait !== undefined && { wait_seconds: wait }),
      ...(after !== undefined && { after_sequence: after }),
    };
    const answer = await callTool('wait_for_action', args, progress.show, signal);
    // A wait that is refused for its arguments must not leave a probe behind for which nobody waits.
    if (typeof place !== 'string' && errorCode(answer) === 'LIMIT_EXCEEDED') {
      await callTool('cancel_action', { action_id: await placed }, () => undefined, signal);
    }
    return answer;
  }

  async function cancel(signal: AbortSignal): Promise<string> {
    progress.clear();
    const id = await placed;
    if (id === undefined) return 'stopped: nothing was placed';
    const answer = await callTool('cancel_action', { action_id: id }, () => undefined, signal);
    if (answer.isError) throw new Failure(answer.text);
    return answer.text.split('\n', 1)[0] ?? id;
  }

  try {
    return show(await interruptible(work, cancel), json, progress);
  } finally {
    progress.clear();
  }
}

function actionId(structured: unknown): string | undefined {
  return text(member(structured, 'action'), 'id');
}

function errorCode({ structured }: ToolResult): string | undefined {
  return text(member(structured, 'error'), 'code');
}

function text(from: unknown, name: string): string | undefined {
  const found = member(from, name);
  return typeof found === 'string' ? found : undefined;
}

function member(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Object.getOwnPropertyDescriptor(from, name)?.value : undefined;
}
