import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import type { Action } from '../src/actions/action.ts';
import type { Target } from '../src/actions/actions.ts';
import type { Approval } from '../src/policies/approvals.ts';
import type { AccessPolicy } from '../src/policies/policy.ts';
import { BROKER } from '../src/policies/read-only.ts';
import type { AgentPeer } from './agent-peer.ts';
import {
  agentCaller,
  controlsBeside,
  developer,
  type Harness,
  inSeconds,
  spec,
  startEngine,
} from './engine-harness.ts';

const SHOP: Target = { service: 'shop' };
const admin = { ...developer, tokenId: 'token-admin', tokenName: 'admin', role: 'admin' } as const;

async function underPolicy(
  t: Parameters<typeof startEngine>[0],
  policy: AccessPolicy,
  over: Parameters<Harness['attach']>[1] = {},
) {
  const harness = await startEngine(t);
  const attached = await harness.attach('1', over);
  assert.ok(await harness.engine.controls.policy.set('default', policy, 0));
  const place = (change: Partial<typeof spec> = {}, caller: typeof developer = developer, until = 0) =>
    harness.engine.actions.place(caller, SHOP, { ...spec, ...change }, { until });
  return { ...harness, ...attached, place };
}

describe('a policy', () => {
  test(proves('policy:limits', 'lowers the limits, and names the one that is passed'), async (t) => {
    const limits = { timeout_seconds: 30, max_hits: 5, overhead_percent: 2 };
    const { place } = await underPolicy(t, { limits });
    for (const [change, named] of [
      [{ timeoutSeconds: 31 }, /timeout_seconds up to 30; it is 31/],
      [{ timeoutSeconds: 30, maxHits: 6 }, /max_hits up to 5; it is 6/],
      [{ timeoutSeconds: 30, overheadPercent: 3 }, /overhead_percent up to 2; it is 3/],
    ] as const) {
      await assert.rejects(place(change), { code: 'LIMIT_EXCEEDED', message: named });
    }
    await place({ timeoutSeconds: 30, maxHits: 5, overheadPercent: 2 });
  });

  test(proves('policy:kinds', 'says who may use which kind'), async (t) => {
    const { place, engine } = await underPolicy(t, { kinds: { snapshot: 'admin', inspect: 'nobody' } });
    await assert.rejects(place(), { code: 'BLOCKED_BY_POLICY', message: /needs the role admin/ });
    await place({}, admin);
    const inspecting = engine.actions.inspect(admin, SHOP, spec.place);
    await assert.rejects(inspecting, { code: 'BLOCKED_BY_POLICY', message: /nobody may use it/ });
  });

  test(proves('policy:unknown', 'that this version does not understand allows nothing'), async (t) => {
    const harness = await startEngine(t);
    await harness.attach('1');
    const value = { from_the_future: true };
    assert.ok(await harness.store.documents.put('default', 'policy', { id: 'current', value }, 0));
    // What was read when the agent attached holds for a moment.
    await assert.rejects(async () => {
      for (;;) {
        await harness.engine.controls.policy.get('default');
        await new Promise(setImmediate);
      }
    });
    await assert.rejects(harness.engine.actions.place(developer, SHOP, spec), { code: 'UNAVAILABLE' });
  });
});

describe('read-only mode', () => {
  for (const whose of ['broker', 'organization'] as const) {
    test(
      proves(
        'policy:read-only',
        `of the ${whose}, switched on by a command, removes every live probe within a second and lets none in`,
      ),
      async (t) => {
        const harness = await startEngine(t);
        const { peer } = await harness.attach('1');
        const beside = await controlsBeside(t, harness);
        const placed: Action[] = [];
        for (let n = 0; n < 5; n++) placed.push(await harness.engine.actions.place(developer, SHOP, spec));
        const began = performance.now();
        if (whose === 'broker') {
          await beside.readOnly.set(BROKER, { on: true, reason: 'an incident', by: 'ops', at: 1 }, 0);
        } else {
          await beside.policy.set('default', { read_only: true }, 0);
        }
        for (const { id } of placed) assert.equal((await peer.next('disarm', id)).reason, 'cancelled');
        const took = performance.now() - began;
        assert.ok(took < 1_000, `${took} ms`);
        for (const { id } of placed) {
          const { action } = await harness.engine.actions.view(developer, id);
          assert.equal(action.state, 'cancelled');
          assert.match(action.reason ?? '', /read-only/);
        }
        const message = whose === 'broker' ? /read-only mode \(an incident\)/ : /the organization is in read-only mode/;
        const placing = harness.engine.actions.place(developer, SHOP, spec);
        await assert.rejects(placing, { code: 'BLOCKED_BY_POLICY', message });
      },
    );
  }
});

test(
  proves('policy:unknown', 'a policy of a newer version closes its organization, and hinders none of another one'),
  async (t) => {
    const harness = await startEngine(t);
    const acme = { ...developer, organization: 'acme' };
    const here = await harness.attach('1');
    const there = await harness.attach('2', {}, { ...agentCaller, organization: 'acme' });
    const beside = await controlsBeside(t, harness);
    const own = await harness.engine.actions.place(developer, SHOP, spec);
    const theirs = await harness.engine.actions.place(acme, SHOP, spec);
    const newer = { id: 'current', value: { of_a_newer_version: true } };
    await harness.store.documents.put('default', 'policy', newer, 0);
    assert.equal((await here.peer.next('disarm', own.id)).reason, 'cancelled');
    await beside.policy.set('acme', { read_only: true }, 0);
    assert.equal((await there.peer.next('disarm', theirs.id)).reason, 'cancelled');
    const { action } = await harness.engine.actions.view(developer, own.id);
    assert.match(action.reason ?? '', /not one that this version understands/);
    await assert.rejects(harness.engine.actions.place(developer, SHOP, spec), { code: 'UNAVAILABLE' });
  },
);

describe('where a person has to say yes', () => {
  const approval: NonNullable<AccessPolicy['approval']> = { environments: ['prod'], by: 'person', expires_minutes: 1 };
  const PROD = { environment: 'prod' };

  async function waiting({ engine }: Pick<Harness, 'engine'>): Promise<Approval> {
    for (;;) {
      const [found] = (await engine.controls.approvals.list('default')).filter(({ state }) => state === 'waiting');
      if (found !== undefined) return found;
      await new Promise(setImmediate);
    }
  }

  test(proves('approvals:before', 'nothing is placed before, and the same call is placed after, once'), async (t) => {
    const { place, engine, peer, store } = await underPolicy(t, { approval }, PROD);
    const refused = place();
    void peer.answerInspect();
    await assert.rejects(refused, { code: 'BLOCKED_BY_POLICY', message: /needs the approval of a person/ });
    assert.deepEqual(await store.actions.live(), []);
    const asked = await waiting({ engine });
    assert.deepEqual(
      [asked.request.source_line, asked.request.environments, asked.request.runtimes, asked.token_name],
      ['total += 1', ['prod'], 1, 'dev'],
    );
    assert.match(asked.request.cost, /at most 1 % of one core on each of 1 runtimes for 60 s/);
    await engine.controls.approvals.decide('default', asked.id, { approve: true, by: 'ann@example.com' });
    const placing = place();
    void peer.answerInspect();
    await placing;
    const again = place();
    void peer.answerInspect();
    await assert.rejects(again, { code: 'BLOCKED_BY_POLICY' }, 'an approval is for one placing');
  });

  test('a call that waits goes on with the decision', async (t) => {
    const { place, engine, peer } = await underPolicy(t, { approval }, PROD);
    const placing = place({}, developer, inSeconds(20));
    void peer.answerInspect();
    const { id } = await waiting({ engine });
    await engine.controls.approvals.decide('default', id, { approve: true, by: 'ann@example.com' });
    void peer.answerInspect();
    assert.equal((await placing).state, 'queued');
  });

  test('a no is told with its reason, also to the next call', async (t) => {
    const { place, engine, peer } = await underPolicy(t, { approval }, PROD);
    const placing = place({}, developer, inSeconds(20));
    void peer.answerInspect();
    const { id } = await waiting({ engine });
    const decision = { approve: false, by: 'ann@example.com', reason: 'not on a Friday' };
    await engine.controls.approvals.decide('default', id, decision);
    const denied = { code: 'BLOCKED_BY_POLICY', message: /ann@example.com has denied .* \(not on a Friday\)/ };
    await assert.rejects(placing, denied);
    await assert.rejects(place(), denied);
  });

  test(proves('approvals:one', 'another request, or another caller, needs an approval of its own'), async (t) => {
    const { place, engine, peer } = await underPolicy(t, { approval }, PROD);
    const first = place();
    void peer.answerInspect();
    await assert.rejects(first);
    const { id } = await waiting({ engine });
    await engine.controls.approvals.decide('default', id, { approve: true, by: 'ann@example.com' });
    for (const [change, caller] of [
      [{ condition: 'true' }, developer],
      [{ maxHits: 2 }, developer],
      [{}, { ...developer, tokenId: 'another' }],
    ] as const) {
      const other = place(change, caller);
      void peer.answerInspect();
      await assert.rejects(other, { code: 'BLOCKED_BY_POLICY' });
    }
    const placing = place();
    void peer.answerInspect();
    await placing;
  });

  for (const [how, shown, now] of [
    ['another line is deployed', 'total += 1', (peer: AgentPeer) => peer.answerInspect('charge(card)')],
    ['it cannot be told which line is deployed', 'total += 1', (peer: AgentPeer) => peer.answerPending()],
    ['a line is told where none was', undefined, (peer: AgentPeer) => peer.answerInspect()],
  ] as const) {
    test(proves('approvals:one', `a yes is none where meanwhile ${how}, and the same call asks anew`), async (t) => {
      const { place, engine, peer, store } = await underPolicy(t, { approval }, PROD);
      const first = place();
      void (shown === undefined ? peer.answerPending() : peer.answerInspect(shown));
      await assert.rejects(first);
      const { id, request } = await waiting({ engine });
      assert.equal(request.source_line, shown ?? '');
      await engine.controls.approvals.decide('default', id, { approve: true, by: 'ann@example.com' });
      const second = place();
      void now(peer);
      const message = /the code has changed since apr_\w+ was approved/;
      await assert.rejects(second, { code: 'BLOCKED_BY_POLICY', message, hint: /asked for anew/ });
      assert.deepEqual(await store.actions.live(), []);
      const third = place();
      void peer.answerInspect('charge(card)');
      await assert.rejects(third, { code: 'BLOCKED_BY_POLICY', message: /needs the approval of a person/ });
      assert.equal((await waiting({ engine })).request.source_line, 'charge(card)');
    });
  }

  test(proves('approvals:shown', 'the lines of all versions are shown, and the yes is for them alone'), async (t) => {
    const { place, engine, peer, attach } = await underPolicy(t, { approval }, PROD);
    const other = (await attach('2', PROD)).peer;
    const placing = async (line: string, otherLine: string) => {
      const placed = place();
      await Promise.all([peer.answerInspect(line), other.answerInspect(otherLine)]);
      return placed;
    };
    await assert.rejects(placing('total += 1', 'total += 2'));
    const { id, request } = await waiting({ engine });
    assert.deepEqual([request.source_line, ...(request.other_source_lines ?? [])].sort(), ['total += 1', 'total += 2']);
    await engine.controls.approvals.decide('default', id, { approve: true, by: 'ann@example.com' });
    await assert.rejects(placing('total += 1', 'total += 3'), { message: /the code has changed/ });
    await assert.rejects(placing('total += 2', 'total += 1'), { message: /needs the approval/ });
    await engine.controls.approvals.decide('default', id, { approve: true, by: 'ann@example.com' });
    // The deploy is through.
    assert.equal((await placing('total += 2', 'total += 2')).state, 'queued');
  });

  test(proves('approvals:shown', 'nobody is asked about more different lines than are shown'), async (t) => {
    const { place, engine, peer, attach } = await underPolicy(t, { approval }, PROD);
    const peers = [peer];
    for (let n = 2; n <= 6; n++) peers.push((await attach(String(n), PROD)).peer);
    const placing = place();
    void Promise.all(peers.map((each, n) => each.answerInspect(`total += ${n}`)));
    await assert.rejects(placing, { code: 'BLOCKED_BY_POLICY', message: /6 different lines there, .* 5 at most/ });
    assert.deepEqual(await engine.controls.approvals.list('default'), []);
  });

  test(
    proves('approvals:one', 'a yes for one environment is none for another that has come to the target'),
    async (t) => {
      const everywhere = { ...approval, environments: ['*'] };
      const { place, engine, peer, attach } = await underPolicy(
        t,
        { approval: everywhere },
        { environment: 'staging' },
      );
      const first = place();
      void peer.answerInspect();
      await assert.rejects(first);
      const { id, request } = await waiting({ engine });
      assert.deepEqual(request.environments, ['staging']);
      await engine.controls.approvals.decide('default', id, { approve: true, by: 'ann@example.com' });
      const production = await attach('2', { environment: 'production' });
      const second = place();
      void Promise.all([peer.answerInspect(), production.peer.answerInspect()]);
      await assert.rejects(second, { code: 'BLOCKED_BY_POLICY', message: /needs the approval of a person/ });
    },
  );

  for (const [how, change, refused] of [
    ['forbids it', { kinds: { snapshot: 'nobody' }, approval }, /nobody may use it/],
    ['is in read-only mode', { read_only: true, approval }, /read-only mode/],
    ['wants an admin', { approval: { ...approval, by: 'admin' } }, /was changed while this call waited/],
  ] as const satisfies [string, AccessPolicy, RegExp][]) {
    test(proves('approvals:before', `a yes is none where the policy meanwhile ${how}`), async (t) => {
      const { place, engine, peer, store } = await underPolicy(t, { approval }, PROD);
      const placing = place({}, developer, inSeconds(20));
      void peer.answerInspect();
      const { id } = await waiting({ engine });
      assert.ok(await engine.controls.policy.set('default', change, 1));
      await engine.controls.approvals.decide('default', id, { approve: true, by: 'ann@example.com' });
      void peer.answerInspect();
      await assert.rejects(placing, { code: 'BLOCKED_BY_POLICY', message: refused });
      assert.deepEqual(await store.actions.live(), []);
    });
  }

  test(proves('approvals:admin', 'an admin has to be another than who asks, where the policy says so'), async (t) => {
    const { place, engine, peer } = await underPolicy(t, { approval: { ...approval, by: 'admin' } }, PROD);
    const placing = place();
    void peer.answerInspect();
    await assert.rejects(placing, { message: /needs the approval of an admin/ });
    const { id, token } = await waiting({ engine });
    const { approvals } = engine.controls;
    assert.equal(await approvals.decide('default', id, { approve: true, by: 'dev' }, { token }), 'own');
    assert.equal(await approvals.decide('other', id, { approve: true, by: 'dev' }, { token: 'x' }), 'unknown');
    const decided = await approvals.decide('default', id, { approve: true, by: 'boss' }, { token: 'another' });
    assert.ok(typeof decided === 'object' && decided.state === 'approved');
    assert.equal(await approvals.decide('default', id, { approve: false, by: 'late' }, { token: 'third' }), 'decided');
  });

  test('other environments are free of it', async (t) => {
    const { place } = await underPolicy(t, { approval }, { environment: 'dev' });
    await place();
  });

  test(proves('approvals:before', '* is every environment, and where none is told'), async (t) => {
    const { place, peer } = await underPolicy(t, { approval: { ...approval, environments: ['*'] } });
    const placing = place();
    void peer.answerInspect();
    await assert.rejects(placing, { message: /without an environment/ });
  });
});
