import { FRAME_GRANTS, ROUTE_GRANTS, type RouteGrant, TOOL_GRANTS } from '@borescope/server';
import type { GeneratedFile } from './generated-file.ts';

const PERMISSION = { read: 'any role', place: 'developer, admin', admin: 'admin' } as const;

const NEED = {
  ...PERMISSION,
  organization: 'admin, bound to nothing',
  installation: 'admin of the organization `default`, bound to nothing',
} as const;

const FRAME = {
  runtime: 'a runtime of the services and environments of its token',
  placement: 'an action of its organization that is placed on its own runtime',
  question: 'a question that the broker has asked it',
} as const;

/** Who may ask for what, line by line, as the broker is tested against it. */
export function grantsPage(): GeneratedFile {
  const tools = Object.entries(TOOL_GRANTS).map(([name, permission]) => `| \`${name}\` | ${PERMISSION[permission]} |`);
  const routes = Object.entries(ROUTE_GRANTS).map(
    ([route, grant]) => `| \`${route}\` | ${credential(grant)} | ${role(grant)} | ${scopes(grant)} |`,
  );
  const frames = Object.entries(FRAME_GRANTS).map(([type, touches]) => `| \`${type}\` | ${FRAME[touches]} |`);
  return {
    path: 'docs/grants.md',
    text: `<!-- Generated from server/src/access/doors.ts by npm run generate. -->

# Grants

Who may ask for what. A test goes over this table with every kind and role of a credential, with sign-ins of every role and
with every scope, and with ids of the own organization, of another one, of what was deleted and of what never was. What the
broker answers on without a line here fails it. For an application that a person has let in, role and bounds are those of the
account, and the scopes are needed beside the role.

| tool at \`/mcp\` | roles |
|---|---|
${tools.join('\n')}

| path | credential | roles | scopes |
|---|---|---|---|
${routes.join('\n')}

\`WS\` is a WebSocket.

| frame of an agent | may touch |
|---|---|
${frames.join('\n')}
`,
  };
}

function credential(grant: RouteGrant): string {
  if (grant.to === 'anyone') return 'none';
  if (grant.to === 'sign-in') return 'what OAuth asks for; no token counts';
  if (grant.to === 'need') return 'token of the kind `admin`, or a sign-in';
  const local = grant.local === true ? ', or none from the machine of a broker that listens there alone' : '';
  const applications = grant.applications === true ? ', or a sign-in' : '';
  return `token of the kind \`${grant.kind}\`${applications}${local}`;
}

function scopes(grant: RouteGrant): string {
  if (grant.to === 'need') return grant.scopes.map((scope) => `\`${scope}\``).join(', ');
  return grant.to === 'kind' && grant.applications === true ? 'those of the tool' : '';
}

function role(grant: RouteGrant): string {
  return grant.to === 'need' ? NEED[grant.need] : '';
}
