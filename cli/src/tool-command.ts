import { callTool, type ToolResult } from './call-tool.ts';
import { Failure } from './failure.ts';
import { print, printJson } from './output.ts';

/** Calls a tool with live progress on stderr, and prints its result. Rejects with `Failure` where the tool failed. */
export async function toolCommand(
  name: string,
  args: Record<string, unknown>,
  json: boolean,
): Promise<ToolResult['structured']> {
  const progress = createProgress();
  let result: ToolResult;
  try {
    result = await callTool(name, args, progress.show);
  } finally {
    progress.clear();
  }
  if (json) printJson(result.structured);
  if (result.isError) throw new Failure(result.text);
  if (!json) print(result.text);
  return result.structured;
}

/** On a terminal one line that changes; elsewhere a line for each change. */
function createProgress(): { show(message: string): void; clear(): void } {
  const live = process.stderr.isTTY === true;
  let last = '';
  return {
    show(message) {
      if (message === last) return;
      last = message;
      process.stderr.write(live ? `\r\u001b[K${message}` : `${message}\n`);
    },
    clear() {
      if (live && last !== '') process.stderr.write('\r\u001b[K');
    },
  };
}
