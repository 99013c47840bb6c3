import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTokens, openEmbeddedStore, openRedisStore, type Store, type TokenRecord } from '@borescope/server';
import { z } from 'zod';
import { lineOf } from '../../scripts/demo/source-line.ts';
import type { EarlierVersion } from '../live/earlier-version.ts';
import { currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { silentLog } from '../live/silent-log.ts';
import { until } from '../live/until.ts';
import { withoutQuotas } from '../live/without-quotas.ts';
import { SimulatedAgent } from './agent.ts';
import { Caller, type Ledger } from './caller.ts';
import { FaultProxy } from './fault-proxy.ts';
import { History } from './history.ts';
import { check } from './invariants.ts';
import { observeProbes } from './probe-observer.ts';
import { seededRandom } from './seeded-random.ts';

const COMMAND = fileURLToPath(new URL('../../cli/bin/borescope.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TICKER = fileURLToPath(new URL('../fixtures/ticker.mjs', import.meta.url));
const RETENTION_MS = 86_400_000;
/** Milliseconds past its deadline that an action waits for hits on their way, and a broker needs to say so. */
const END_WITHIN = 40_000;
/** Actions whose end is waited for at the same time: more, and what is slow is this process. */
const AT_ONCE = 30;
/** Milliseconds: the order to place a probe is on its way, and the timers of a busy machine. */
const PROBE_TOLERANCE = 2_000;

const run = promisify(execFile);
const issued = z.object({ token: z.string() });
const listed = z.object({
  groups: z.array(z.object({ runtimes: z.array(z.object({ id: z.string(), pid: z.number() })) })),
});

export const ORGANIZATIONS = ['north', 'south'] as const;
export type OrganizationName = (typeof ORGANIZATIONS)[number];

/** A line of the processes that `application` starts. */
export const TICKER_PLACE = { file: 'fixtures/ticker.mjs', line: lineOf(TICKER, 'return next;') };

export interface Application {
  readonly runtime: string;
  /** kill -9. */
  kill(): Promise<void>;
}

interface ApplicationOptions {
  readonly organization?: OrganizationName;
  readonly nodeArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** With the agent of this version. */
  readonly from?: EarlierVersion;
}

export interface SiteOptions {
  /** The embedded store where not given. */
  readonly redisUrl?: string;
  readonly brokers?: number;
  /** Arguments of Node for the broker of this index, such as a preload. */
  readonly nodeArguments?: (broker: number) => readonly string[];
  readonly environment?: (broker: number) => Readonly<Record<string, string>>;
  readonly seed?: number;
  /** Whose brokers are started first, on a store that it has made. */
  readonly earlier?: EarlierVersion;
}

/** Brokers, each a process, behind two proxies: one for agents, one for callers. What happens stands in the history. */
export class Site {
  readonly history = new History(() => performance.now());
  readonly random: () => number;
  readonly #options: SiteOptions;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'borescope-faults-'));
  readonly #brokers: (NodeProcess | undefined)[] = [];
  readonly #ports: number[] = [];
  readonly #tokens = new Map<string, string>();
  readonly #tokenRecords: TokenRecord[] = [];
  readonly #agents: SimulatedAgent[] = [];
  readonly #callers: Caller[] = [];
  readonly #ledgers: Readonly<Record<OrganizationName, Ledger>> = {
    north: { known: new Set(), unsure: [] },
    south: { known: new Set(), unsure: [] },
  };
  readonly #processes: NodeProcess[] = [];
  #turn = 0;
  /** The broker that new connections of agents, or of callers, go to; each of those that run in turn where undefined. */
  agentsGoTo: number | undefined;
  callersGoTo: number | undefined;
  #observe: (runtime: string) => void = () => {};
  #wire: FaultProxy | undefined;
  #door: FaultProxy | undefined;

  static async start(options: SiteOptions = {}): Promise<Site> {
    const site = new Site(options);
    try {
      site.#wire = await FaultProxy.start(() => site.#portFor(site.agentsGoTo));
      site.#observe = observeProbes(site.wire, site.history);
      site.#door = await FaultProxy.start(() => site.#portFor(site.callersGoTo));
      await (options.earlier === undefined ? site.#makeTokens() : site.#makeTokensBy(options.earlier));
      const brokers = Array.from({ length: options.brokers ?? 1 }, (_, index) => index);
      await Promise.all(brokers.map((index) => site.startBroker(index, options.earlier)));
      return site;
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  private constructor(options: SiteOptions) {
    this.#options = options;
    const seed = options.seed ?? Number(process.env['FAULTS_SEED'] ?? randomBytes(4).readUInt32BE());
    this.random = seededRandom(seed);
    console.log(`seed ${seed} (FAULTS_SEED=${seed} repeats its choices)`);
  }

  /** Between agents and brokers. */
  get wire(): FaultProxy {
    assert.ok(this.#wire !== undefined);
    return this.#wire;
  }

  /** Between callers and brokers. */
  get door(): FaultProxy {
    assert.ok(this.#door !== undefined);
    return this.#door;
  }

  broker(index = 0): NodeProcess {
    const broker = this.#brokers[index];
    assert.ok(broker !== undefined, `broker ${index} runs`);
    return broker;
  }

  /** Of a broker itself, past the proxies. */
  portOf(index = 0): number {
    return this.#ports[index] ?? assert.fail(`broker ${index} has a port`);
  }

  /** Starts it, again after `kill`, on the data that is there. */
  async startBroker(index = 0, { command = COMMAND }: Partial<EarlierVersion> = {}): Promise<void> {
    const { redisUrl, nodeArguments, environment = () => ({}) } = this.#options;
    const flags = ['--port', '0', '--log-level', 'warn', '--data-dir', this.#dataDir];
    if (redisUrl !== undefined) flags.push('--redis-url', redisUrl);
    const broker = new NodeProcess([...(nodeArguments?.(index) ?? []), command, 'serve', ...flags], {
      cwd: this.#dataDir,
      environment: environment(index),
    });
    this.#processes.push(broker);
    const [, port] = await broker.line(/listening on http:\/\/\S+?:(\d+)/);
    this.#brokers[index] = broker;
    this.#ports[index] = Number(port);
  }

  /** Dead at once: in this very turn. Resolves when the system has taken it away. */
  killBroker(index = 0): Promise<void> {
    const killed = this.broker(index).kill();
    this.#brokers[index] = undefined;
    return killed;
  }

  /** As its operator ends it: it drains, and new connections go to others. */
  async stopBroker(index = 0): Promise<void> {
    const broker = this.broker(index);
    this.#brokers[index] = undefined;
    assert.equal(await broker.stop(), 0, broker.errorOutput);
  }

  /** An agent that is attached. */
  async agent(service: string, organization: OrganizationName = 'north'): Promise<SimulatedAgent> {
    const agent = new SimulatedAgent({
      url: () => this.agentUrl,
      token: this.token('agent', organization),
      organization,
      service,
      history: this.history,
      random: this.random,
    });
    this.#agents.push(agent);
    await agent.attach();
    return agent;
  }

  get agentUrl(): string {
    return `ws://127.0.0.1:${this.wire.port}/agent/v1`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.door.port}`;
  }

  token(kind: 'mcp' | 'agent', organization: OrganizationName = 'north'): string {
    return this.#tokens.get(`${kind} ${organization}`) ?? assert.fail('no such token');
  }

  async caller(organization: OrganizationName = 'north'): Promise<Caller> {
    const { history } = this;
    const ledger = this.#ledgers[organization];
    const caller = await Caller.connect(this.url, this.token('mcp', organization), { organization, history, ledger });
    this.#callers.push(caller);
    return caller;
  }

  /** A process with the real agent, attached, that passes `TICKER_PLACE` some 200 times a second. */
  async application(
    service: string,
    { organization = 'north', nodeArguments = [], environment = {}, from }: ApplicationOptions = {},
  ): Promise<Application> {
    const started = this.process([...nodeArguments, '--import', '@borescope/agent', TICKER], {
      cwd: from?.root ?? ROOT,
      environment: {
        ...environment,
        BORESCOPE_URL: this.agentUrl,
        BORESCOPE_TOKEN: this.token('agent', organization),
        BORESCOPE_SERVICE: service,
      },
    });
    const runtime = await this.#runtimeOf(started.pid, service, organization);
    this.history.record({ type: 'runtime', runtime, organization, witnessed: false });
    this.#observe(runtime);
    return {
      runtime,
      kill: async () => {
        await started.kill();
        this.history.record({ type: 'died', runtime });
      },
    };
  }

  /** Ends with the site. */
  process(args: readonly string[], options: ConstructorParameters<typeof NodeProcess>[1]): NodeProcess {
    const started = new NodeProcess(args, options);
    this.#processes.push(started);
    return started;
  }

  /** Waits until every action has ended and every probe is out, and checks what was seen from the first moment on. */
  async verify(): Promise<void> {
    for (const organization of new Set(this.#callers.map((caller) => caller.organization))) {
      const own = this.#callers.filter((caller) => caller.organization === organization);
      const [first] = own;
      assert.ok(first !== undefined);
      const ids = new Set([...(await first.discover(END_WITHIN)), ...first.known]);
      const waiting = [...ids];
      const wait = async () => {
        for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) await first.ended(id, END_WITHIN);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, wait));
      await until(async () => this.#agents.every(({ probes }) => probes === 0));
      for (const id of ids) await first.look(id);
    }
    for (const broker of this.#brokers) {
      if (broker === undefined) continue;
      assert.ok(broker.running, `a broker has ended by itself:\n${broker.errorOutput}`);
      const leaks = broker.errorOutput.split('\n').filter((line) => /MaxListenersExceeded|[Uu]nhandled/.test(line));
      assert.deepEqual(leaks, []);
    }
    assert.deepEqual(check(this.history.events, { probeToleranceMs: PROBE_TOLERANCE }), []);
  }

  async close(): Promise<void> {
    for (const agent of this.#agents) agent.kill();
    await Promise.allSettled(this.#callers.map((caller) => caller.close()));
    for (const running of this.#processes) running.resume();
    await Promise.all(this.#processes.map((running) => running.kill()));
    await Promise.allSettled([this.#wire?.close(), this.#door?.close()]);
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #runtimeOf(pid: number, service: string, organization: OrganizationName): Promise<string> {
    const assistant = await currentClient(this.url, this.token('mcp', organization));
    let id: string | undefined;
    try {
      await until(async () => {
        const { groups } = listed.parse(await assistant.call('list_runtimes', { service }));
        id = groups.flatMap(({ runtimes }) => runtimes).find((runtime) => runtime.pid === pid)?.id;
        return id !== undefined;
      });
    } finally {
      await assistant.close();
    }
    return id ?? assert.fail('it is attached');
  }

  #portFor(wanted: number | undefined): number | undefined {
    if (wanted !== undefined) return this.#brokers[wanted] === undefined ? undefined : this.#ports[wanted];
    const running = [...this.#brokers.keys()].filter((index) => this.#brokers[index] !== undefined);
    const index = running[this.#turn++ % Math.max(1, running.length)];
    return index === undefined ? undefined : this.#ports[index];
  }

  /** The tokens of the start again, in a store that has lost them, as an operator would have to. */
  async restoreTokens(): Promise<void> {
    const store = await this.#openStore();
    try {
      for (const name of ORGANIZATIONS) {
        await store.organizations.create({ id: `org_${name}`, name, createdAt: Date.now() });
        await withoutQuotas(store, `org_${name}`);
      }
      for (const record of this.#tokenRecords) await store.tokens.create(record.organization, record);
    } finally {
      await store.close();
    }
  }

  async #makeTokens(): Promise<void> {
    const store = await this.#openStore();
    try {
      const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
      for (const name of ORGANIZATIONS) {
        const id = `org_${name}`;
        await store.organizations.create({ id, name, createdAt: Date.now() });
        await withoutQuotas(store, id);
        for (const kind of ['mcp', 'agent'] as const) {
          const { token, record } = await tokens.create({ organization: id, kind, name: 'faults' });
          this.#tokenRecords.push(record);
          this.#tokens.set(`${kind} ${name}`, token);
        }
      }
    } finally {
      await store.close();
    }
  }

  /** By its own commands, so that the store is one of that version. */
  async #makeTokensBy({ command }: EarlierVersion): Promise<void> {
    const { redisUrl } = this.#options;
    const where = redisUrl === undefined ? ['--data-dir', this.#dataDir] : ['--redis-url', redisUrl];
    for (const name of ORGANIZATIONS) {
      await run(process.execPath, [command, 'organization', 'create', name, ...where]);
      for (const kind of ['mcp', 'agent'] as const) {
        const of = ['--kind', kind, '--name', 'faults', '--organization', name, '--json'];
        const { stdout } = await run(process.execPath, [command, 'token', 'create', ...of, ...where]);
        this.#tokens.set(`${kind} ${name}`, issued.parse(JSON.parse(stdout)).token);
      }
    }
  }

  #openStore(): Promise<Store> {
    const { redisUrl } = this.#options;
    if (redisUrl === undefined) {
      return openEmbeddedStore({ dataDir: this.#dataDir, now: Date.now, use: 'administration' });
    }
    return openRedisStore({ url: redisUrl, retentionMs: RETENTION_MS, now: Date.now, log: silentLog });
  }
}
