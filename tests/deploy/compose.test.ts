import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../../scripts/prepare.mjs';
import { believedProxies, readSettings } from '../../server/src/settings.ts';
import { composeFile } from './compose-file.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const compose = composeFile.safeParse(parse(read('docker-compose.yml'), { merge: true }));
const { services = {}, networks = {}, volumes = {} } = compose.data ?? {};

/** Lines of the Dockerfile by the name of their stage. */
const stages = new Map<string, string[]>();
let stage: string[] = [];
for (const line of read('Dockerfile').split('\n')) {
  const [, name] = /^FROM \S+ AS (\S+)$/.exec(line) ?? [];
  if (name === undefined) stage.push(line);
  else {
    stage = [];
    stages.set(name, stage);
  }
}

test('docker-compose.yml holds to its schema: no root, read-only, no capabilities, limits for every service', () => {
  assert.deepEqual(compose.error?.issues, undefined);
});

test('there are two brokers, two shops, a Redis and a load balancer', () => {
  const names = ['broker-1', 'broker-2', 'credentials', 'load-balancer', 'redis', 'shop-1', 'shop-2'];
  assert.deepEqual(Object.keys(services).toSorted(), names);
});

test('every service says whether it is healthy, or ends of itself', () => {
  for (const [name, { healthcheck, build, restart }] of Object.entries(services)) {
    const ofImage = stages.get(build?.target ?? '')?.some((line) => line.startsWith('HEALTHCHECK'));
    const told = healthcheck === undefined ? ofImage === true : 'test' in healthcheck;
    assert.ok(told || restart === 'no', name);
  }
});

test('every service waits for, and is mounted and connected to, what is there', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const other of Object.keys(service.depends_on ?? {})) assert.ok(other in services, `${name} ${other}`);
    for (const network of service.networks) assert.ok(network in networks, `${name} ${network}`);
    for (const mount of service.volumes ?? []) {
      const [source = ''] = mount.split(':');
      assert.ok(source.startsWith('./') ? existsSync(join(root, source)) : source in volumes, `${name} ${source}`);
    }
  }
});

test('nothing but the load balancer is published, on loopback only, and Redis is reached by brokers only', () => {
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
  assert.deepEqual(published, [['load-balancer', '127.0.0.1:7373:7373']]);
  assert.equal(networks['store']?.internal, true);
  const near = Object.entries(services).filter(([, service]) => service.networks.includes('store'));
  assert.deepEqual(near.map(([name]) => name).toSorted(), ['broker-1', 'broker-2', 'credentials', 'redis']);
});

test('the brokers believe what the load balancer says of an address, and nothing else reaches them', () => {
  const settings = readSettings(services['broker-1']?.environment ?? {});
  assert.ok(believedProxies(settings).includes('172.16.0.0/12'));
  assert.match(read('deploy/haproxy.cfg'), /^ {2}http-request set-header X-Forwarded-For %\[src\]$/m);
  const reached = services['broker-1']?.networks ?? [];
  const near = Object.entries(services).filter(([, { networks: own }]) => own.some((one) => reached.includes(one)));
  const names = ['broker-1', 'broker-2', 'credentials', 'load-balancer', 'redis'];
  assert.deepEqual(near.map(([name]) => name).toSorted(), names);
});

test('the broker accepts the settings that it is given', () => {
  const environment = services['broker-1']?.environment ?? {};
  const url = environment['BORESCOPE_REDIS_URL']?.replace(/\$\{[^}]*\}/, 'secret');
  assert.equal(readSettings({ ...environment, BORESCOPE_REDIS_URL: url }).redisUrl, 'redis://:secret@redis:6379');
});

test('each image is a stage of the Dockerfile, and each stage copies from one that is there', () => {
  for (const { build } of Object.values(services)) if (build !== undefined) assert.ok(stages.has(build.target));
  for (const step of [...stages.values()].flat()) {
    const [, from] = /^COPY --from=(\S+)/.exec(step) ?? [];
    if (from !== undefined) assert.ok(stages.has(from), step);
  }
});

test('the images are built from the manifests of every workspace', () => {
  const { workspaces } = z.object({ workspaces: z.array(z.string()) }).parse(JSON.parse(read('package.json')));
  for (const workspace of workspaces) {
    assert.ok(stages.get('build')?.includes(`COPY ${workspace}/package.json ${workspace}/`), workspace);
  }
});
