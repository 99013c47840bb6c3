import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { mcpUrl } from './broker-address.ts';
import { Failure, UsageError } from './failure.ts';

export interface ToolResult {
  readonly text: string;
  readonly structured: unknown;
  readonly isError: boolean;
}

/** Milliseconds of silence after which the broker is taken for gone; progress comes at least every 10 s. */
const SILENCE = 30_000;
/** Longer than any probe may live. */
const LONGEST = 700_000;

/** Calls one tool of the broker's public MCP endpoint. `onProgress` gets the broker's words on where the call stands. */
export async function callTool(
  name: string,
  args: Record<string, unknown>,
  onProgress: (message: string) => void,
): Promise<ToolResult> {
  const url = mcpUrl(process.env['BORESCOPE_URL']);
  const token = process.env['BORESCOPE_TOKEN'];
  if (token === undefined || token === '') {
    throw new UsageError('BORESCOPE_TOKEN: set it to an mcp token (borescope token create --kind mcp --name NAME)');
  }
  const client = new Client({ name: 'borescope-cli', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: (input, init) => fetchTelling(url, input, init),
  });
  await client.connect(transport);
  try {
    const result = await client.callTool(
      { name, arguments: args },
      {
        timeout: SILENCE,
        resetTimeoutOnProgress: true,
        maxTotalTimeout: LONGEST,
        onprogress: ({ message }) => message !== undefined && onProgress(message),
      },
    );
    const text = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
    return { text, structured: result.structuredContent, isError: result.isError === true };
  } finally {
    await client.close();
  }
}

/** Turns what only HTTP knows (no broker there, a refused token) into a message for a person. */
async function fetchTelling(url: URL, input: string | URL, init: RequestInit | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (error) {
    if (init?.signal?.aborted === true) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
    const code = cause !== undefined && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new Failure(`no broker answers at ${url.origin}${code}: is it running, and is BORESCOPE_URL right?`);
  }
  if (response.ok) return response;
  const told = brokerError(await response.clone().text());
  if (told !== undefined) throw new Failure(told);
  return response;
}

/** The broker's own error body has a code in letters; errors of the MCP protocol have a number there. */
function brokerError(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('error' in parsed)) return undefined;
  const { error } = parsed;
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  const message = 'message' in error ? String(error.message) : error.code;
  return 'hint' in error ? `${message}. ${String(error.hint)}` : message;
}
