import { callTool, type ToolResult } from './call-tool.ts';
import { Failure } from './failure.ts';
import { print, printJson } from './output.ts';
import { liveProgress, type Progress } from './progress.ts';

/** Calls a tool with live progress on stderr, and prints its result. Rejects with `Failure` where the tool failed. */
export async function toolCommand(
  name: string,
  args: Record<string, unknown>,
  json: boolean,
): Promise<ToolResult['structured']> {
  const progress = liveProgress();
  try {
    return show(await callTool(name, args, progress.show), json, progress);
  } finally {
    progress.clear();
  }
}

/** Prints a result; throws `Failure` where the tool failed. */
export function show(result: ToolResult, json: boolean, progress: Progress): ToolResult['structured'] {
  progress.clear();
  if (json) printJson(result.structured);
  if (result.isError) throw new Failure(result.text);
  if (!json) print(result.text);
  return result.structured;
}
