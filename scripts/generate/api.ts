import { API_ROUTES, inputPart, NEEDS, pathNames, scopesFor } from '@borescope/server';
import { z } from 'zod';
import type { GeneratedFile } from './generated-file.ts';
import { cell, type FieldRow, fieldRows, kindOf, parseSchema } from './json-schema-rows.ts';

type Route = (typeof API_ROUTES)[number];

export function apiPage(): GeneratedFile {
  const groups = new Map<string, Route[]>();
  for (const route of API_ROUTES) {
    const noun = route.path.split('/')[2] ?? '';
    groups.set(noun, [...(groups.get(noun) ?? []), route]);
  }
  const sections = [...groups].map(([noun, routes]) => `## /api/${noun}\n\n${routes.map(section).join('\n')}`);
  return { path: 'docs/api.md', text: `${INTRODUCTION}${needs()}\n${sections.join('\n')}` };
}

function needs(): string {
  const rows = Object.entries(NEEDS).map(([need, words]) => `| ${need} | ${words} |`);
  return `| needs | means |\n|---|---|\n${rows.join('\n')}\n`;
}

function section(route: Route): string {
  const { method, path, summary, description, need, status = 200, lines, conditional } = route;
  const input = fieldRows(parseSchema(schemaOf(route.input, 'input')), 1);
  const output = fieldRows(parseSchema(schemaOf(route.output, 'output')), 2);
  const inPath = pathNames(path);
  const fields = input.map(({ path: name, required, node }) => {
    const where = inPath.includes(name) ? 'path' : inputPart(route);
    const needed = required ? 'yes' : node.default === undefined ? '' : `default \`${JSON.stringify(node.default)}\``;
    return `| \`${name}\` | ${where} | ${cell(kindOf(node))} | ${needed} | ${cell(node.description ?? '')} |`;
  });
  const takes =
    fields.length === 0
      ? ''
      : `\n| field | in | kind | needed | meaning |\n|---|---|---|---|---|\n${fields.join('\n')}\n`;
  const scopes = scopesFor(route)
    .map((scope) => `\`${scope}\``)
    .join(' and ');
  const precondition = conditional ? ' If-Match is needed.' : '';
  return `### ${summary}

\`${method} ${path}\`

${description}

Needs \`${need}\`; of an application ${scopes}.${precondition} Answers ${status}${lines ? ' with a JSON object a line' : ''}.
${takes}
<details><summary>Answer</summary>

| field | kind | meaning |
|---|---|---|
${output.map(row).join('\n')}

</details>
`;
}

function row({ path, node }: FieldRow): string {
  return `| \`${path}\` | ${cell(kindOf(node))} | ${cell(node.description ?? '')} |`;
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
}

const INTRODUCTION = `<!-- Generated from server/src/http/api by npm run generate; the introduction from scripts/generate/api.ts. -->

# API

What administers a broker, and reads what it has, over HTTP: for automation and the console. The broker describes it as
OpenAPI 3.1 at \`/api/openapi.json\`; both that and this page are made from the schemas that requests are checked with.
Who may do what, and why: [access](access.md).

\`\`\`sh
curl -H "Authorization: Bearer $BORESCOPE_ADMIN_TOKEN" https://broker.example.com/api/me
\`\`\`

- **Credential**: \`Authorization: Bearer\` with a token of the kind \`admin\`, or with the access token of a person who has
  [signed in](signing-in.md). Role and bounds decide what it may do, of an application also the scopes. It is looked up on every
  request: a revoked one is refused on the next. No cookie, no other header and no query counts, so no page of another site can
  ask in somebody's name.
- **Sign-ins**: an answer of 401 has the challenge that leads to one, as at \`/mcp\` (RFC 9728), and tokens are asked for with the same
  \`resource\`, the address of the broker with \`/mcp\`. Where only a scope is lacking, the answer is 403 with
  \`error="insufficient_scope"\` and the scopes that would do; where the role or a bound is, it is 403 without.
- **One organization**: that of the credential. What belongs to another one, what was deleted and what never was get the same
  404, to the byte. So does what a token that is bound to services or environments does not reach.
- **Bodies** are JSON objects. Unknown fields, and values out of bounds, are refused with 422 and the field named.
- **Documents** (policy, quotas) have a version, which is their ETag. A change sends it as \`If-Match\`: without it the
  answer is 428, where somebody has changed the document meanwhile 412, and nothing is written.
- **Quota**: each request counts as a call. Beyond it the answer is 429, and \`Retry-After\` says when to come again.
- **Audit**: each change is in the audit before it is done. Where the audit cannot be written the answer is 503, and nothing
  is done.
- **Errors** have one body, \`{"error": {"code", "message", "hint", "retryable"}}\`; see [errors](errors.md).

`;
