import { mcpUrl } from './broker-address.ts';
import { type BrokerFetch, brokerFetch } from './broker-fetch.ts';
import { Failure, UsageError } from './failure.ts';
import { accessToken } from './sign-in/access-token.ts';

export interface ToolResult {
  readonly text: string;
  readonly structured: unknown;
  readonly isError: boolean;
}

/** Milliseconds of silence after which the broker is taken for gone; progress comes at least every 10 s. */
const SILENCE = 30_000;
/** Longer than any probe may live. */
const LONGEST = 700_000;
const GO_ON =
  'What was placed goes on without this command: see borescope actions, and continue with borescope wait ID.';
/** Codes of a connection that was there and broke off: the request may have reached the broker. */
const BROKEN_OFF: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * Calls one tool of the broker's public MCP endpoint. `onProgress` gets the broker's words on where the call stands. Where
 * `signal` aborts the call is let go of, and the broker goes on with what it does.
 */
export async function callTool(
  name: string,
  args: Record<string, unknown>,
  onProgress: (message: string) => void,
  signal?: AbortSignal,
): Promise<ToolResult> {
  const url = mcpUrl(process.env['BORESCOPE_URL']);
  const token = await accessToken(url);
  const request = brokerFetch(url, process.env);
  // Of all commands only those of the tools need it, and it takes a quarter of a second.
  const { Client, SdkError, SdkErrorCode, StreamableHTTPClientTransport } = await import(
    '@modelcontextprotocol/client'
  );
  const client = new Client({ name: 'borescope-cli', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  // The SDK would wait in silence for an answer that cannot come any more.
  let onLost = () => {};
  const lost = new Promise<never>((_resolve, reject) => {
    onLost = () => reject(connectionLost(url));
  });
  lost.catch(() => undefined);
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: async (input, init) => {
      // Of its own: before the connection is made the SDK does not abort what it asks.
      const signals = [init?.signal, signal].flatMap((one) => one ?? []);
      const either = AbortSignal.any(signals);
      return watchBody(await fetchTelling(request, url, input, { ...init, signal: either }), either, () => onLost());
    },
  });
  try {
    await client.connect(transport, { ...(signal !== undefined && { signal }) });
    const answer = client.callTool(
      { name, arguments: args },
      {
        timeout: SILENCE,
        resetTimeoutOnProgress: true,
        maxTotalTimeout: LONGEST,
        ...(signal !== undefined && { signal }),
        onprogress: ({ message }) => message !== undefined && onProgress(message),
      },
    );
    const result = await Promise.race([answer, lost]).catch((error: unknown) => {
      if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
        throw new Failure(`the broker at ${url.origin} has been silent for ${SILENCE / 1000} s. ${GO_ON}`);
      }
      throw error;
    });
    const text = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
    return { text, structured: result.structuredContent, isError: result.isError === true };
  } finally {
    await client.close();
  }
}

function connectionLost(url: URL): Failure {
  return new Failure(`the connection to the broker at ${url.origin} was lost. ${GO_ON}`);
}

/** The same response; `onLost` is called where its body breaks off and nobody asked for that. */
function watchBody(response: Response, signal: AbortSignal | null | undefined, onLost: () => void): Response {
  const reader = response.body?.getReader();
  if (reader === undefined) return response;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        if (signal?.aborted !== true) onLost();
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}

/** Turns what only HTTP knows (no broker there, a refused token) into a message for a person. */
async function fetchTelling(
  request: BrokerFetch,
  url: URL,
  input: string | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  let response: Response;
  try {
    response = await request(input, init);
  } catch (error) {
    if (init?.signal?.aborted === true) throw error;
    if (error instanceof Failure || error instanceof UsageError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
    const code = cause !== undefined && 'code' in cause ? String(cause.code) : undefined;
    if (code !== undefined && BROKEN_OFF.has(code)) throw connectionLost(url);
    throw new Failure(
      `no broker answers at ${url.origin}${code === undefined ? '' : ` (${code})`}: is it running, and is BORESCOPE_URL right?`,
    );
  }
  if (response.ok) return response;
  // Without a token of its own the command has shown a sign-in.
  if (response.status === 401 && (process.env['BORESCOPE_TOKEN'] ?? '') === '') {
    throw new Failure(`the sign-in at ${url.origin} has ended: borescope login`);
  }
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
