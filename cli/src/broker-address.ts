import { isLoopback } from '@borescope/agent-protocol/identity';
import { UsageError } from './failure.ts';

/**
 * The MCP endpoint that BORESCOPE_URL means. An agent's environment has `ws://host/agent/v1` there: the same broker, so
 * the same variable works for both.
 */
export function mcpUrl(setting: string | undefined): URL {
  const text = setting === undefined || setting === '' ? 'http://127.0.0.1:7373' : setting;
  return addressIn(text, 'BORESCOPE_URL', '/mcp');
}

/** Where the API of a broker is. A token of an administrator goes over a wire encrypted or not at all. */
export function apiUrl(text: string, option: string): URL {
  const url = addressIn(text, option, '/api');
  const local = isLoopback(url.hostname);
  if (url.protocol === 'https:' || local) return url;
  throw new UsageError(`${option}: administration goes over https:// only, but on this machine`);
}

function addressIn(text: string, option: string, endpoint: string): URL {
  const wrong = new UsageError(`${option}: the address of a broker, such as http://127.0.0.1:7373`);
  if (!URL.canParse(text)) throw wrong;
  const url = new URL(text.replace(/^ws(s?):/i, 'http$1:'));
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong;
  const path = url.pathname.replace(/\/(agent\/v1|mcp|api)?\/?$/, '');
  url.pathname = `${path}${endpoint}`;
  url.search = '';
  url.hash = '';
  return url;
}
