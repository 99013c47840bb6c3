import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brokenRules } from '../../scripts/check/import-rules.ts';
import { importsOf } from '../../scripts/check/module-imports.ts';

/** What is wrong with a file of this content at this path. */
const broken = (path: string, source: string) => importsOf(path, source).flatMap((found) => brokenRules(path, found));

describe('the import rules', () => {
  test('let the flow of the broker run one way', () => {
    const upward = broken('server/src/store/embedded/hits.ts', `import { createActions } from '../../actions/x.ts';`);
    assert.match(upward.join(), /^store may not import actions/);
    assert.equal(broken('server/src/queue/q.ts', `export * from '../hits/accept.ts';`).length, 1);
    assert.equal(broken('server/src/actions/a.ts', `await import('../mcp/tool.ts');`).length, 1);
    assert.equal(broken('server/src/http/route.ts', `import { x } from '../broker.ts';`).length, 1);
    assert.deepEqual(broken('server/src/mcp/tool.ts', `import { x } from '../actions/actions.ts';`), []);
    assert.deepEqual(broken('server/src/agents/a.ts', `import { x } from '../queue/queue.ts';`), []);
    assert.deepEqual(broken('server/src/broker.ts', `import { x } from './http/server.ts';`), []);
  });

  test('let types through, because they are words and not work, but not an inline type that leaves an import behind', () => {
    const path = 'server/src/store/store.ts';
    assert.deepEqual(broken(path, `import type { Caller } from '../access/caller.ts';`), []);
    assert.deepEqual(broken(path, `export type * from '../access/caller.ts';`), []);
    assert.equal(broken(path, `import { type Caller } from '../access/caller.ts';`).length, 1);
  });

  test('keep the leaves free of everything of ours', () => {
    for (const leaf of ['agent-protocol', 'redaction']) {
      for (const ours of ['@borescope/redaction', '@borescope/server', 'borescope', '@borescope/agent-protocol']) {
        assert.equal(broken(`${leaf}/src/a.ts`, `import type { X } from '${ours}';`).length, 1, `${leaf} -> ${ours}`);
      }
    }
    assert.equal(broken('agent-node/src/a.ts', `import { x } from '@borescope/server';`).length, 1);
    assert.equal(broken('server/src/a.ts', `import { x } from '@borescope/agent';`).length, 1);
    assert.equal(broken('server/src/http/a.ts', `import { x } from '../../../cli/src/main.ts';`).length, 1);
  });

  test('keep Fastify, libsql and the inspector each in one place', () => {
    assert.equal(broken('server/src/mcp/a.ts', `import type { FastifyInstance } from 'fastify';`).length, 1);
    assert.deepEqual(broken('server/src/http/a.ts', `import fastify from 'fastify';`), []);
    assert.equal(broken('server/src/store/store.ts', `import Database from 'libsql';`).length, 1);
    assert.equal(broken('cli/src/a.ts', `require('libsql');`).length, 1);
    assert.deepEqual(broken('server/src/store/embedded/a.ts', `import Database from 'libsql';`), []);
    assert.equal(broken('agent-node/src/main.ts', `import { Session } from 'node:inspector';`).length, 1);
    assert.equal(broken('agent-node/src/main.ts', `process.getBuiltinModule('inspector/promises');`).length, 1);
    assert.deepEqual(broken('agent-node/src/probes/a.ts', `import { Session } from 'node:inspector/promises';`), []);
  });

  test('let neither the broker nor the agent run a command', () => {
    for (const home of ['agent-protocol', 'redaction', 'agent-node', 'server']) {
      assert.equal(broken(`${home}/src/a.ts`, `import { spawn } from 'node:child_process';`).length, 1, home);
      assert.equal(broken(`${home}/src/a.ts`, `process.getBuiltinModule('child_process');`).length, 1, home);
    }
    assert.deepEqual(broken('cli/src/a.ts', `import { spawn } from 'node:child_process';`), []);
  });

  test('keep the parsers and the socket of the agent out of the thread of the application', () => {
    assert.equal(broken('agent-node/src/capture/walk.ts', `import * as acorn from 'acorn';`).length, 1);
    assert.equal(broken('agent-node/src/application/pass.ts', `import WebSocket from 'ws';`).length, 1);
    assert.equal(broken('agent-node/src/expressions/compile.ts', `import { parse } from './parse.ts';`).length, 1);
    assert.equal(broken('agent-node/src/application/pass.ts', `import { x } from '../sources/script.ts';`).length, 1);
    assert.deepEqual(
      broken('agent-node/src/application/pass.ts', `import type { X } from '../sources/script.ts';`),
      [],
    );
    assert.deepEqual(broken('agent-node/src/expressions/parse.ts', `import * as acorn from 'acorn';`), []);
  });
});
