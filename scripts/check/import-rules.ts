import { type ModuleImport, targetOf } from './module-imports.ts';

/** Which of our packages each may import. The two leaves know nothing of ours. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'agent-protocol': [],
  redaction: [],
  'agent-node': ['@borescope/agent-protocol', '@borescope/redaction'],
  server: ['@borescope/agent-protocol', '@borescope/redaction'],
  cli: ['@borescope/agent-protocol', '@borescope/server'],
  'examples/shop': [],
};

const OURS = /^(@borescope\/[^/]+|borescope)(\/|$)/;

/** The flow inside the broker: a step imports from its own level and from those below. Files beside the folders that are not named here are words (settings, log, clock), below all. */
const SERVER_LEVELS: Readonly<Record<string, number>> = {
  store: 1,
  queue: 2,
  messages: 2,
  agents: 2,
  actions: 3,
  hits: 3,
  access: 3,
  audit: 3,
  policies: 3,
  quotas: 3,
  mcp: 4,
  oauth: 4,
  http: 4,
  'administration.ts': 5,
  'migration.ts': 5,
  'engine.ts': 5,
  'foundation.ts': 5,
  'shared-foundation.ts': 5,
  'broker.ts': 5,
  'index.ts': 5,
};

/** What only one part of the code may know, types included. */
const OWNERS: readonly { readonly modules: RegExp; readonly within: string; readonly owners: readonly string[] }[] = [
  {
    modules: /^(fastify|@fastify\/.*|@modelcontextprotocol\/fastify)$/,
    within: 'server/src/',
    owners: ['server/src/http/'],
  },
  { modules: /^libsql$/, within: '', owners: ['server/src/store/embedded/'] },
  { modules: /^ioredis$/, within: 'server/src/', owners: ['server/src/store/redis/'] },
  { modules: /^(oidc-provider|openid-client)$/, within: 'server/src/', owners: ['server/src/oauth/'] },
  { modules: /^bullmq$/, within: '', owners: ['server/src/queue/'] },
  {
    // The session is the probes' alone. The application's thread asks one thing: whether a person debugs the process.
    modules: /^(node:)?inspector(\/promises)?$/,
    within: '',
    owners: ['agent-node/src/probes/', 'agent-node/src/application/pass.ts'],
  },
  { modules: /^ws$/, within: 'agent-node/', owners: ['agent-node/src/connection/'] },
  {
    modules: /^(acorn|@jridgewell\/.*)$/,
    within: '',
    owners: ['agent-node/src/expressions/parse.ts', 'agent-node/src/expressions/parsing/', 'agent-node/src/sources/'],
  },
];

/** What is reached by what others say. It runs no command, so that no text of theirs can become one. */
const RUNS_NO_COMMAND: readonly string[] = ['agent-protocol', 'redaction', 'agent-node', 'server'];

/** What runs in the application's thread: it may not load what the worker's thread is for. */
const APPLICATION_THREAD = /^agent-node\/src\/(application|capture|expressions)\/(?!parse\.ts$|parsing\/)/;
const WORKER_THREAD =
  /^agent-node\/src\/(connection|probes|sources)\/|^agent-node\/src\/expressions\/(parse\.ts$|parsing\/)/;

/** The rules of the design that one import of one file breaks, each in a sentence. Pure. */
export function brokenRules(path: string, { specifier, typeOnly }: ModuleImport): string[] {
  const broken: string[] = [];
  const home = Object.keys(PACKAGES).find((name) => path.startsWith(`${name}/`));
  if (home === undefined) return broken;
  const ours = OURS.exec(specifier)?.[1];
  if (ours !== undefined && !(PACKAGES[home] ?? []).includes(ours)) broken.push(`${home} may not import ${ours}`);
  for (const { modules, within, owners } of OWNERS) {
    if (!modules.test(specifier) || !path.startsWith(within)) continue;
    if (!owners.some((owner) => path.startsWith(owner))) broken.push(`only ${owners.join(', ')} may know ${specifier}`);
  }
  if (RUNS_NO_COMMAND.includes(home) && /^(node:)?child_process$/.test(specifier)) {
    broken.push(`${home} runs no commands: it may not know ${specifier}`);
  }
  const target = targetOf(path, specifier);
  if (target === undefined) return broken;
  if (!target.startsWith(`${home}/`)) broken.push(`${home} may not reach into ${target}: import the package`);
  if (!typeOnly && APPLICATION_THREAD.test(path) && WORKER_THREAD.test(target)) {
    broken.push(`what runs in the application's thread may not load ${target}, which is the worker's`);
  }
  if (home === 'server' && !typeOnly && serverLevel(target) > serverLevel(path)) {
    broken.push(
      `${step(path)} may not import ${step(target)}: mcp, http -> actions, hits, access -> queue, agents -> store`,
    );
  }
  return broken;
}

/** The first name below `server/src`: the step of the flow. */
function step(path: string): string {
  return path.split('/')[2] ?? '';
}

function serverLevel(path: string): number {
  return SERVER_LEVELS[step(path)] ?? 0;
}
