import type { AgentFrame } from '@borescope/agent-protocol';
import type { TokenKind } from './caller.ts';
import type { Permission } from './grants.ts';
import type { Scope } from './scopes.ts';

/**
 * Who may ask for what: one line for each tool, each route and each frame of an agent. Nothing is decided from here; the broker
 * is tested against it, line by line, and what has no line fails the test.
 */

export const TOOL_GRANTS: Readonly<Record<string, Permission>> = {
  list_runtimes: 'read',
  inspect_location: 'read',
  capture_snapshot: 'place',
  wait_for_action: 'read',
  list_actions: 'read',
  cancel_action: 'place',
};

/**
 * What a route of the API needs: a role for `read`, `place` and `admin`. `organization`: an admin who is bound to nothing, for it
 * concerns all services and environments. `installation`: such an admin of the organization `default`.
 */
export type ApiNeed = Permission | 'organization' | 'installation';

/**
 * `anyone`: no credential. `sign-in`: what OAuth itself asks for (a password, a session, a code), and no token counts. `kind`: a token of that kind. `applications`: also the access
 * token of a sign-in; what it may do there is asked for each tool. `local`: also without one, for who is on the machine of a broker that
 * listens there alone. `need`: a token of the kind admin that may do this, or a sign-in of a person who may, with the scopes.
 */
export type RouteGrant =
  | { readonly to: 'anyone' }
  | { readonly to: 'sign-in' }
  | { readonly to: 'kind'; readonly kind: TokenKind; readonly local?: true; readonly applications?: true }
  | { readonly to: 'need'; readonly need: ApiNeed; readonly scopes: readonly Scope[] };

const anyone: RouteGrant = { to: 'anyone' };
const signIn: RouteGrant = { to: 'sign-in' };
const assistant: RouteGrant = { to: 'kind', kind: 'mcp', applications: true };
const need = (what: ApiNeed, ...scopes: readonly Scope[]): RouteGrant => ({ to: 'need', need: what, scopes });

/** HEAD is as GET. `WS` is the upgrade to a WebSocket. */
export const ROUTE_GRANTS: Readonly<Record<string, RouteGrant>> = {
  'GET /': anyone,
  'GET /healthz': anyone,
  'GET /readyz': anyone,
  'GET /agent.tgz': anyone,
  'GET /metrics': { to: 'kind', kind: 'admin', local: true },
  'GET /mcp': assistant,
  'POST /mcp': assistant,
  'DELETE /mcp': assistant,
  'WS /agent/v1': { to: 'kind', kind: 'agent' },
  'GET /.well-known/oauth-protected-resource': anyone,
  'GET /.well-known/oauth-protected-resource/mcp': anyone,
  'GET /.well-known/oauth-authorization-server': anyone,
  'GET /oauth/authorize': signIn,
  'GET /oauth/authorize/:uid': signIn,
  'POST /oauth/token': signIn,
  'POST /oauth/revoke': signIn,
  'POST /oauth/register': signIn,
  'POST /oauth/device/code': signIn,
  'GET /oauth/device': signIn,
  'POST /oauth/device': signIn,
  'GET /oauth/device/:uid': signIn,
  'GET /oauth/interaction/:uid': signIn,
  'GET /oauth/interaction/:uid/upstream': signIn,
  'POST /oauth/interaction/:uid/sign-in': signIn,
  'POST /oauth/interaction/:uid/password': signIn,
  'POST /oauth/interaction/:uid/consent': signIn,
  'POST /oauth/interaction/:uid/other-account': signIn,
  'GET /oauth/upstream': signIn,
  'GET /oauth/account': signIn,
  'POST /oauth/account/password': signIn,
  'POST /oauth/account/disconnect': signIn,
  'POST /oauth/account/sign-out': signIn,
  'GET /api/openapi.json': anyone,
  'GET /api/me': need('read', 'runtime:read'),
  'GET /api/runtimes': need('read', 'runtime:read'),
  'GET /api/actions': need('read', 'runtime:read'),
  'GET /api/actions/:id': need('read', 'runtime:read'),
  'POST /api/actions/:id/cancel': need('place', 'probe:place'),
  'GET /api/tokens': need('admin', 'admin'),
  'POST /api/tokens': need('admin', 'admin'),
  'DELETE /api/tokens/:id': need('admin', 'admin'),
  'POST /api/tokens/:id/rotate': need('admin', 'admin'),
  'GET /api/users': need('admin', 'admin'),
  'GET /api/users/:id': need('admin', 'admin'),
  'POST /api/users': need('admin', 'admin'),
  'PATCH /api/users/:id': need('admin', 'admin'),
  'DELETE /api/users/:id': need('admin', 'admin'),
  'POST /api/users/:id/password': need('admin', 'admin'),
  'POST /api/users/:id/sign-out': need('admin', 'admin'),
  'GET /api/organizations': need('installation', 'admin'),
  'POST /api/organizations': need('installation', 'admin'),
  'GET /api/policy': need('read', 'runtime:read'),
  'PUT /api/policy': need('organization', 'admin'),
  'POST /api/policy/check': need('read', 'runtime:read'),
  'POST /api/policy/preview': need('read', 'runtime:read'),
  'GET /api/redaction/warnings': need('read', 'runtime:read'),
  'GET /api/quotas': need('read', 'runtime:read'),
  'PUT /api/quotas': need('organization', 'admin'),
  'GET /api/quotas/usage': need('read', 'runtime:read'),
  'GET /api/approvals': need('read', 'runtime:read'),
  'GET /api/approvals/:id': need('read', 'runtime:read'),
  'POST /api/approvals/:id/approve': need('place', 'probe:place', 'admin'),
  'POST /api/approvals/:id/deny': need('place', 'probe:place', 'admin'),
  'GET /api/read-only': need('installation', 'admin'),
  'PUT /api/read-only': need('installation', 'admin'),
  'GET /api/audit': need('organization', 'admin'),
  'GET /api/audit/verify': need('organization', 'admin'),
};

/**
 * What a frame of an agent may touch. `runtime`: the one that its connection is of, by the token's services and environments.
 * `placement`: one of its own runtime, of an action of its own organization. `question`: one that the broker has asked it.
 */
export const FRAME_GRANTS: Readonly<Record<AgentFrame['type'], 'runtime' | 'placement' | 'question'>> = {
  hello: 'runtime',
  armed: 'placement',
  pending: 'placement',
  failed: 'placement',
  hit: 'placement',
  status: 'placement',
  inspected: 'question',
};
