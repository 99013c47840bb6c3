import { UsageError } from './failure.ts';

/**
 * The MCP endpoint that BORESCOPE_URL means. An agent's environment has `ws://host/agent/v1` there: the same broker, so
 * the same variable works for both.
 */
export function mcpUrl(setting: string | undefined): URL {
  const text = setting === undefined || setting === '' ? 'http://127.0.0.1:7373' : setting;
  const wrong = new UsageError('BORESCOPE_URL: the address of a broker, such as http://127.0.0.1:7373');
  if (!URL.canParse(text)) throw wrong;
  const url = new URL(text.replace(/^ws(s?):/i, 'http$1:'));
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong;
  const path = url.pathname.replace(/\/(agent\/v1|mcp)?\/?$/, '');
  url.pathname = `${path}/mcp`;
  url.search = '';
  url.hash = '';
  return url;
}
