import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { type AgentFrame, agentFrame } from '@borescope/agent-protocol';
import { WebSocket } from 'ws';
import { proves } from '../../tests/proves.ts';
import type { Role, TokenKind } from '../src/access/caller.ts';
import { FRAME_GRANTS, ROUTE_GRANTS, type RouteGrant, TOOL_GRANTS } from '../src/access/doors.ts';
import { mayDo } from '../src/access/grants.ts';
import type { Scope } from '../src/access/scopes.ts';
import { TOOLS } from '../src/mcp/catalogue.ts';
import {
  type AgentPeer,
  agentPeer,
  armNext,
  bearer,
  letGo,
  modernClient,
  runtime,
  type TestBroker,
  testBroker,
} from './broker-harness.ts';
import { handClient, person, signedIn, usersOf, visitor } from './oauth-harness.ts';

const ROLES: readonly Role[] = ['viewer', 'developer', 'admin'];
const BOUNDS = { services: ['shop'], environments: ['test'] };
const SCOPE_SETS: readonly (readonly Scope[])[] = [
  ['runtime:read'],
  ['probe:place'],
  ['admin'],
  ['runtime:read', 'probe:place'],
  ['probe:place', 'admin'],
  ['runtime:read', 'probe:place', 'admin'],
];

const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['runtime:read'],
  developer: ['runtime:read', 'probe:place'],
  admin: ['runtime:read', 'probe:place', 'admin'],
};

interface Credential {
  readonly name: string;
  readonly token: string | undefined;
  readonly kind: TokenKind | 'sign-in' | undefined;
  /** Of a sign-in. */
  readonly scopes?: readonly Scope[];
  readonly role: Role;
  readonly bound: boolean;
  readonly first: boolean;
}

interface Tenant {
  readonly id: string;
  readonly peer: AgentPeer;
  /** Text of a token of the kind admin, and of the kind mcp, with all rights. */
  readonly admin: string;
  readonly mcp: string;
}

interface World extends TestBroker {
  readonly own: Tenant;
  readonly other: Tenant;
  readonly credentials: readonly Credential[];
}

async function tenant(t: TestContext, broker: TestBroker, name: string): Promise<Tenant> {
  const { store, tokens } = broker.broker;
  const id = name === 'default' ? name : `org_${name}`;
  if (name !== 'default') await store.organizations.create({ id, name, createdAt: Date.now() });
  const issue = async (kind: TokenKind) => (await tokens.create({ organization: id, kind, name, role: 'admin' })).token;
  const peer = await agentPeer(t, broker.url, await issue('agent'), runtime(`runtime-of-${name}`));
  return { id, peer, admin: await issue('admin'), mcp: await issue('mcp') };
}

async function world(t: TestContext): Promise<World> {
  const broker = await testBroker(t);
  const own = await tenant(t, broker, 'default');
  const other = await tenant(t, broker, 'other');
  const credentials: Credential[] = [
    { name: 'nobody', token: undefined, kind: undefined, role: 'viewer', bound: false, first: false },
    {
      name: 'an admin of another organization',
      token: other.admin,
      kind: 'admin',
      role: 'admin',
      bound: false,
      first: false,
    },
  ];
  for (const kind of ['mcp', 'agent', 'admin'] as const) {
    for (const role of ROLES) {
      for (const bound of [false, true]) {
        const { token } = await broker.token({ kind, role, ...(bound && BOUNDS) });
        const name = `${kind} ${role}${bound ? ', bound' : ''}`;
        credentials.push({ name, token, kind, role, bound, first: true });
      }
    }
  }
  return { ...broker, own, other, credentials };
}

/** Signed in while the person was an admin who is bound to nothing: what is asked on each call is what has become of that. */
async function signIns({ url, broker }: TestBroker): Promise<Credential[]> {
  const credentials: Credential[] = [];
  const client = await handClient(url);
  for (const role of ROLES) {
    for (const bound of [false, true]) {
      const email = `${role}-${bound}@acme.example`;
      const { organization, id } = await person(broker.store, { email, role: 'admin' });
      const browser = visitor();
      for (const scopes of SCOPE_SETS) {
        const { access: token } = await signedIn(url, { client, browser, email, scope: scopes.join(' ') });
        const name = `sign-in ${role}${bound ? ', bound' : ''}, for ${scopes.join(' ')}`;
        credentials.push({ name, token, kind: 'sign-in', scopes, role, bound, first: true });
      }
      await usersOf(broker.store).change(organization, id, { role, ...(bound && BOUNDS) });
    }
  }
  return credentials;
}

/** Whether the table lets this credential in, but for its scopes. */
function isLetIn(grant: RouteGrant, { kind, role, bound, first }: Credential): boolean {
  switch (grant.to) {
    case 'anyone':
    case 'sign-in':
      return true;
    case 'kind':
      if (kind === 'sign-in') return grant.applications === true;
      return kind === grant.kind || (kind === undefined && grant.local === true);
    case 'need': {
      if (kind !== 'admin' && kind !== 'sign-in') return false;
      if (grant.need === 'organization') return role === 'admin' && !bound;
      if (grant.need === 'installation') return role === 'admin' && !bound && first;
      return mayDo({ role }, grant.need);
    }
  }
}

/** Those that it lacks of what the table names. */
function missingScopes(grant: RouteGrant, { scopes }: Credential): Scope[] {
  return grant.to === 'need' && scopes !== undefined ? grant.scopes.filter((scope) => !scopes.includes(scope)) : [];
}

/** A door that does not take sign-ins does not know them. */
function isUnknown(grant: RouteGrant, { kind }: Credential): boolean {
  return kind === undefined || (kind === 'sign-in' && grant.to === 'kind' && grant.applications !== true);
}

async function statusOf(broker: TestBroker, route: string, credential: Credential): Promise<number> {
  return (await answerOf(broker, route, credential)).status;
}

/** `challenge`: of the header WWW-Authenticate. */
async function answerOf(
  { url }: TestBroker,
  route: string,
  { token }: Credential,
): Promise<{ status: number; challenge: string }> {
  const [method = '', path = ''] = route.split(' ');
  const headers = token === undefined ? {} : bearer(token);
  if (method === 'WS') return { status: await upgradeStatus(url + path, headers), challenge: '' };
  const sends = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const response = await fetch(url + path.replace(':id', 'never-was'), {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(sends && { 'content-type': 'application/json' }) },
    ...(sends && { body: '{}' }),
    signal: AbortSignal.timeout(20_000),
  });
  await response.body?.cancel();
  return { status: response.status, challenge: response.headers.get('www-authenticate') ?? '' };
}

function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
}

describe('the table of grants', () => {
  test(proves('grants:doors', 'has a line for each tool, each route and each frame, and no other'), async (t) => {
    const { broker } = await testBroker(t);
    assert.deepEqual(
      Object.entries(TOOL_GRANTS),
      TOOLS.map(({ name, permission }) => [name, permission]),
    );
    const mounted = broker.routes.map(({ method, url }) => `${method.replace('HEAD', 'GET')} ${url}`);
    assert.deepEqual([...new Set([...mounted, 'WS /agent/v1'])].toSorted(), Object.keys(ROUTE_GRANTS).toSorted());
    const frames = agentFrame.options.map(({ shape }) => shape.type.value);
    assert.deepEqual(frames.toSorted(), Object.keys(FRAME_GRANTS).toSorted());
  });

  test(proves('grants:doors', 'holds for each route and each kind and role of a credential'), async (t) => {
    const all = await world(t);
    const wrong: string[] = [];
    for (const [route, grant] of Object.entries(ROUTE_GRANTS)) {
      if (grant.to === 'sign-in') continue;
      for (const credential of all.credentials) {
        const status = await statusOf(all, route, credential);
        const wanted = isLetIn(grant, credential);
        const is = status !== 401 && status !== 403;
        const expected = wanted ? is : status === (credential.kind === undefined ? 401 : 403);
        if (!expected) wrong.push(`${route} answers ${credential.name} with ${status}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  test(proves('grants:doors', 'holds for each route and each role, bounds and scopes of a sign-in'), {
    timeout: 120_000,
  }, async (t) => {
    const all = await testBroker(t);
    const credentials = await signIns(all);
    const wrong: string[] = [];
    for (const [route, grant] of Object.entries(ROUTE_GRANTS)) {
      if (grant.to === 'sign-in') continue;
      for (const credential of credentials) {
        const { status, challenge } = await answerOf(all, route, credential);
        const isIn = status !== 401 && status !== 403;
        const missing = missingScopes(grant, credential);
        const mayGive = missing.every((scope) => SCOPES_OF[credential.role].includes(scope));
        const wanted = isLetIn(grant, credential);
        // A person is asked for more only where that would do.
        const steps = wanted && missing.length > 0 && mayGive;
        const said = /error="insufficient_scope", scope="([^"]*)"/.exec(challenge)?.[1]?.split(' ');
        const expected =
          wanted && missing.length === 0
            ? isIn
            : status === (isUnknown(grant, credential) ? 401 : 403) &&
              (said === undefined ? !steps : steps && missing.every((scope) => said.includes(scope)));
        if (!expected) wrong.push(`${route} answers ${credential.name} with ${status} ${challenge}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  test(proves('grants:doors', 'holds where people sign in: no token counts there'), async (t) => {
    const all = await world(t);
    const nobody = all.credentials.find(({ kind }) => kind === undefined);
    const admin = all.credentials.find(({ kind, role, bound }) => kind === 'admin' && role === 'admin' && !bound);
    assert.ok(nobody && admin);
    for (const [route, grant] of Object.entries(ROUTE_GRANTS)) {
      if (grant.to !== 'sign-in') continue;
      assert.equal(await statusOf(all, route, admin), await statusOf(all, route, nobody), route);
    }
  });

  test(proves('grants:doors', 'holds for each tool and role, in the list and when it is called'), async (t) => {
    const all = await world(t);
    for (const role of ROLES) {
      const { token } = await all.token({ kind: 'mcp', role });
      const client = await modernClient(t, all.url, bearer(token));
      const listed = (await client.listTools()).tools.map(({ name }) => name);
      const granted = Object.entries(TOOL_GRANTS).filter(([, permission]) => mayDo({ role }, permission));
      assert.deepEqual(
        listed,
        granted.map(([name]) => name),
      );
      for (const [name] of Object.entries(TOOL_GRANTS)) {
        const code = errorCode(await client.callTool({ name, arguments: {} }));
        assert.equal(code === 'FORBIDDEN', !listed.includes(name), `${name} for ${role}: ${code}`);
      }
    }
  });
});

type Called = Awaited<ReturnType<Awaited<ReturnType<typeof modernClient>>['callTool']>>;

function errorCode({ structuredContent }: Called): unknown {
  const error: unknown = Object(structuredContent).error;
  return Object(error).code;
}

/** Places a probe on the runtime of a tenant, and answers for it. */
async function placed(t: TestContext, { url }: TestBroker, { mcp, peer }: Tenant): Promise<string> {
  const client = await modernClient(t, url, bearer(mcp));
  const place = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, wait_seconds: 0 };
  const called = await client.callTool({ name: 'capture_snapshot', arguments: place });
  assert.notEqual(called.isError, true);
  return armNext(peer);
}

interface Ids {
  readonly own: string;
  readonly foreign: string;
  readonly deleted: string;
}

const GUESSED = 'never-was';

/** An id of each kind of thing: of ours, of another organization, and of ours that is there no more. */
const THINGS: Record<string, (t: TestContext, all: World) => Promise<Ids>> = {
  async actions(t, all) {
    const { store } = all.broker;
    const deleted = await placed(t, all, all.own);
    await store.actions.change('default', deleted, (action) => ({ ...action, state: 'cancelled', endedAt: 1 }));
    while ((await store.actions.get('default', deleted)) !== undefined) await store.actions.expire(Date.now());
    return { own: await placed(t, all, all.own), foreign: await placed(t, all, all.other), deleted };
  },
  async tokens(_t, { broker, token, other }) {
    const foreign = await broker.tokens.create({ organization: other.id, kind: 'mcp', name: 'theirs' });
    // A token is never deleted: what has ended can only be revoked once more.
    return { own: (await token({ kind: 'mcp' })).id, foreign: foreign.record.id, deleted: GUESSED };
  },
  async users(_t, { broker, other }) {
    const users = usersOf(broker.store);
    const make = async (organization: string) => {
      const email = `${randomUUID()}@acme.example`;
      const made = await users.create({ organization, email, name: 'Ada', role: 'developer' });
      assert.ok(made);
      return made.id;
    };
    const deleted = await make('default');
    await users.remove('default', deleted);
    return { own: await make('default'), foreign: await make(other.id), deleted };
  },
  async approvals(_t, { broker, other }) {
    const { approvals } = broker.controls;
    const ask = async (organization: string, id: string) => {
      const caller = { organization, tokenId: 'tok', tokenName: 'n', kind: 'mcp', role: 'developer' } as const;
      const describing = async () => ({
        kind: 'snapshot',
        target: '{}',
        services: ['shop'],
        environments: ['test'],
        runtimes: 1,
        file: 'src/cart.ts',
        line: 7,
        source_line: '',
        expressions: [],
        max_hits: 1,
        timeout_seconds: 60,
        cost: '',
      });
      await approvals.ask(caller, id, { by: 'person', expiresAt: Date.now() + 60_000, describe: describing });
      return id;
    };
    const deleted = await ask('default', 'apr_deleted');
    await broker.store.documents.remove('default', 'approval', deleted);
    // One that is decided stays decided: each route gets one of its own.
    return { own: await ask('default', `apr_${randomUUID()}`), foreign: await ask(other.id, 'apr_foreign'), deleted };
  },
};

describe('what is not of the organization that asks', () => {
  test(proves('grants:others', 'is for each route with an id as if it never was'), async (t) => {
    const all = await world(t);
    const routes = Object.keys(ROUTE_GRANTS).filter((route) => route.includes(':id'));
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const make = THINGS[path.split('/')[2] ?? ''];
      assert.ok(make, `no thing for ${route}`);
      const { own, foreign, deleted } = await make(t, all);
      const ask = async (id: string) => {
        const headers = bearer(all.own.admin);
        const response = await fetch(all.url + path.replace(':id', id), { method, headers });
        return { status: response.status, text: await response.text() };
      };
      const never = await ask(GUESSED);
      assert.equal(never.status, 404, route);
      assert.deepEqual(await ask(foreign), never, `${route}, of another organization`);
      assert.deepEqual(await ask(deleted), never, `${route}, deleted`);
      assert.equal((await ask(own)).status, 200, route);
    }
  });

  test(proves('grants:others', 'is for each tool as if it never was'), async (t) => {
    const all = await world(t);
    const client = await modernClient(t, all.url, bearer(all.own.mcp));
    for (const { name, inputSchema } of TOOLS) {
      const call = async (args: Record<string, unknown>) => {
        const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
        return { content, structuredContent, isError };
      };
      const { properties } = inputSchema;
      if ('action_id' in properties) {
        const make = THINGS['actions'];
        assert.ok(make);
        const { own, foreign, deleted } = await make(t, all);
        const rest = 'wait_seconds' in properties ? { wait_seconds: 0 } : {};
        const never = await call({ action_id: 'act_never', ...rest });
        assert.equal(never.isError, true, name);
        assert.deepEqual(await call({ action_id: foreign, ...rest }), never, `${name}, of another organization`);
        assert.deepEqual(await call({ action_id: deleted, ...rest }), never, `${name}, deleted`);
        const answering = call({ action_id: own, ...rest });
        if (name === 'cancel_action') letGo(all.own.peer, own);
        assert.notEqual((await answering).isError, true, name);
      } else if ('runtimes' in properties) {
        const place = { file: 'src/cart.ts', line: 7 };
        const never = await call({ runtimes: { ids: [GUESSED] }, ...place });
        assert.equal(never.isError, true, name);
        assert.deepEqual(await call({ runtimes: { ids: ['runtime-of-other'] }, ...place }), never, name);
      } else {
        await placed(t, all, all.other);
        assert.doesNotMatch(JSON.stringify(await call({})), /runtime-of-other/, name);
      }
    }
  });

  test(proves('grants:others', 'is not touched by any frame of an agent'), async (t) => {
    const all = await world(t);
    const { store } = all.broker;
    const actionId = await placed(t, all, all.own);
    const stranger = await agentPeer(
      t,
      all.url,
      (await all.token({ kind: 'agent' })).token,
      runtime('another-runtime'),
    );
    const place = { file: 'src/evil.ts', line: 1, sourceLine: 'evil()' };
    const frames: Record<string, (id: string, epoch: number) => AgentFrame> = {
      armed: (id) => ({ type: 'armed', actionId: id, place }),
      pending: (id) => ({ type: 'pending', actionId: id }),
      failed: (id) => ({ type: 'failed', actionId: id, problem: { code: 'UNAVAILABLE', message: 'evil' } }),
      status: (id) => ({
        type: 'status',
        actionId: id,
        removed: true,
        observation: { passes: 9, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 1, placedMs: 1 },
        cost: { samples: 1, meanUs: 1, maxUs: 1, totalMs: 1 },
      }),
      hit: (id, epoch) => ({
        type: 'hit',
        actionId: id,
        epoch,
        sequence: 1,
        hit: {
          time: 1,
          file: 'src/evil.ts',
          line: 1,
          function: 'evil',
          variables: [],
          values: [],
          stack: [],
          redactions: { count: 0, kinds: [] },
          captureUs: 1,
        },
      }),
    };
    const kinds = Object.entries(FRAME_GRANTS).flatMap(([type, touches]) => (touches === 'placement' ? [type] : []));
    assert.deepEqual(Object.keys(frames).toSorted(), kinds.toSorted());
    // What the runtime itself has said is stored before a stranger speaks.
    const armed = async () => (await store.actions.get('default', actionId))?.placements[0]?.status === 'armed';
    while (!(await armed())) await new Promise(setImmediate);
    const was = await store.actions.get('default', actionId);
    for (const [type, frame] of Object.entries(frames)) {
      for (const peer of [all.other.peer, stranger]) {
        peer.send(frame(actionId, peer.epoch));
        peer.send({ type: 'armed', actionId: `marker-${type}`, place });
        while ((await peer.next('disarm')).actionId !== `marker-${type}`) {}
        assert.deepEqual(await store.actions.get('default', actionId), was, `after ${type}`);
      }
    }
    assert.deepEqual(await store.actions.hits('default', actionId, 0), []);
  });

  test(
    proves('grants:others', 'has the same names without harm: a runtime, and a question that it was asked'),
    async (t) => {
      const all = await world(t);
      const { store } = all.broker;
      const was = await store.runtimes.get('default', 'runtime-of-default');
      const { token } = await all.broker.tokens.create({ organization: all.other.id, kind: 'agent', name: 'twin' });
      const twin = await agentPeer(t, all.url, token, runtime('runtime-of-default'));
      assert.deepEqual(await store.runtimes.get('default', 'runtime-of-default'), was);
      const client = await modernClient(t, all.url, bearer(all.own.mcp));
      const asking = client.callTool({
        name: 'inspect_location',
        arguments: { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7 },
      });
      const { requestId } = await all.own.peer.next('inspect');
      const answer = (peer: AgentPeer, sourceLine: string) =>
        peer.send({
          type: 'inspected',
          requestId,
          inspection: {
            bound: { file: 'src/cart.ts', line: 7, sourceLine },
            source: [],
            names: [],
            scripts: [],
            pending: false,
          },
        });
      answer(twin, 'evil()');
      twin.send({ type: 'armed', actionId: 'marker', place: { file: 'a.ts', line: 1, sourceLine: '' } });
      while ((await twin.next('disarm')).actionId !== 'marker') {}
      answer(all.own.peer, 'return total;');
      const { structuredContent } = await asking;
      assert.match(JSON.stringify(structuredContent), /return total;/);
      assert.doesNotMatch(JSON.stringify(structuredContent), /evil/);
    },
  );
});
