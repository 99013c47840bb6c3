/** What a person copies to connect an assistant, a browser, an own application. */
export function howToConnect({ url, mcpToken }: { url: string; mcpToken: string }): string[] {
  const headers = { Authorization: `Bearer ${mcpToken}` };
  const mcp = `${url}/mcp`;
  return [
    'Connect',
    '',
    `  Broker        ${url}`,
    `  MCP           ${mcp}`,
    `  Token         ${mcpToken}`,
    '',
    '  Claude Code',
    `    claude mcp add --transport http borescope ${mcp} --header "Authorization: Bearer ${mcpToken}"`,
    '',
    '  Cursor, .cursor/mcp.json',
    ...json({ mcpServers: { borescope: { url: mcp, headers } } }),
    '',
    '  VS Code, .vscode/mcp.json',
    ...json({ servers: { borescope: { type: 'http', url: mcp, headers } } }),
    '',
    '  Then ask: "Some shoppers get free shipping too early. Look inside the running shop and tell me why."',
    '  More of its bugs: examples/shop/README.md',
  ];
}

function json(value: unknown): string[] {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => `    ${line}`);
}
