import {
  BROKER_SETTING_NAMES,
  type BrokerSettingName,
  brokerSettings,
  flagName,
  variableName,
} from '@borescope/server';
import type { GeneratedFile } from './generated-file.ts';
import { cell } from './json-schema-rows.ts';

const TIMES: readonly BrokerSettingName[] = ['retention', 'auditRetention'];
const HOUR = 3_600_000;

function duration(milliseconds: number): string {
  const hours = milliseconds / HOUR;
  return hours > 24 ? `${hours / 24}d` : `${hours}h`;
}

/** What is written where no value is given; times are kept in milliseconds and written as people set them. */
function defaultOf(name: BrokerSettingName): string {
  const parsed = brokerSettings.shape[name].safeParse(undefined);
  if (!parsed.success || parsed.data === undefined) return '';
  return `\`${TIMES.includes(name) ? duration(Number(parsed.data)) : String(parsed.data)}\``;
}

export function settingsPage(): GeneratedFile {
  const rows = BROKER_SETTING_NAMES.map((name) => {
    const meaning = brokerSettings.shape[name].description;
    if (meaning === undefined) throw new Error(`the setting ${name} has no description`);
    return `| \`${variableName(name)}\` | \`${flagName(name)}\` | ${defaultOf(name)} | ${cell(meaning)} |`;
  });
  return {
    path: 'docs/settings.md',
    text: `<!-- Generated from server/src/settings.ts by npm run generate; the rest from scripts/generate/settings.ts. -->

# Settings of the broker

From the environment, or as flags of \`borescope serve\`; flags win. An unknown \`BORESCOPE_\` variable, a bad value, or
values that do not go together stop the start with one line that says which and why. The settings of the agent are in
[agent](agent.md).

| variable | flag | default | meaning |
|---|---|---|---|
${rows.join('\n')}

Beyond loopback the broker listens only with TLS of its own (certificate and key), or where
\`BORESCOPE_TLS_TERMINATED=true\` declares that a proxy in front of it terminates TLS.

One data directory belongs to one broker: a second one is refused. \`borescope token\` and \`borescope organization\` work
on it beside the running broker.

On SIGHUP a broker with a certificate reads it anew ([TLS](operations.md#tls)). On SIGTERM or SIGINT the broker stops being ready, tells agents to reconnect, answers the calls that are open, and ends
within about ten seconds. What is live is in the store and goes on when the broker starts again.

## Endpoints

| path | serves | who |
|---|---|---|
| \`/mcp\` | assistants: MCP, Streamable HTTP | a token of kind \`mcp\` |
| \`/agent/v1\` | agents: WebSocket, see [agent protocol](agent-protocol.md) | a token of kind \`agent\` |
| \`/agent.tgz\` | the agent that matches this broker, for \`npm install URL\` | anybody |
| \`/\` | a page that says how to connect | anybody |
| \`/healthz\`, \`/readyz\` | alive; ready to serve | anybody, under any host name |
| \`/metrics\` | Prometheus metrics | loopback peers of a broker without a proxy, else a token of kind \`admin\` |
`,
  };
}
