import { pagePolicy } from './security-headers.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1c2126; background: #fff }
pre { background: #f1f3f5; padding: .75rem 1rem; overflow-x: auto; border-radius: 6px }
code { font: 14px/1.5 ui-monospace, monospace }
@media (prefers-color-scheme: dark) { body { color: #e4e7ea; background: #15181b } pre { background: #23282d } }
`;

export const HOME_PAGE_POLICY = pagePolicy({ styles: [STYLE] });

/** What a person sees who opens the broker in a browser: what this is, and how to connect. No script, no state. */
export function homePage(baseUrl: string, version: string): string {
  const base = escapeHtml(baseUrl);
  const socket = escapeHtml(baseUrl.replace(/^http/, 'ws'));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Borescope</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Borescope</h1>
<p>This is a Borescope broker, version ${escapeHtml(version)}. It lets an AI assistant look inside running Node.js
processes: variables at a line, expressions and call stacks, without a code change, a restart, or a pause.</p>
<h2>Connect an assistant</h2>
<p>The broker speaks MCP (Streamable HTTP) at <code>${base}/mcp</code>. Create a token, and give both to the assistant:</p>
<pre><code>borescope token create --kind mcp --name my-assistant
claude mcp add --transport http borescope ${base}/mcp --header "Authorization: Bearer TOKEN"</code></pre>
<h2>Connect a process</h2>
<pre><code>borescope token create --kind agent --name my-service
npm install ${base}/agent.tgz
BORESCOPE_URL=${socket}/agent/v1 BORESCOPE_TOKEN=TOKEN node --import @borescope/agent app.js</code></pre>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
