import { LIMITS } from '@borescope/agent-protocol';
import type { Action, Placement } from '../../actions/action.ts';
import { type ActionStore, type HitOutcome, TooManyActions } from '../store.ts';
import { listActions } from './action-list.ts';
import { placementFields, recordFields, saidOf, toAction, toPlacement, toRecord } from './action-record.ts';
import type { RedisConnection } from './connection.ts';
import { keyOf, keysOf } from './keys.ts';
import { toHits, toText } from './listed-hit.ts';
import { toReplies, toReply } from './reply.ts';
import { retried } from './retry.ts';
import { alsoWhenFull } from './script.ts';
import { ACCEPT_HIT } from './scripts/accept-hit.ts';
import { COMMIT_CHANGE } from './scripts/commit-change.ts';
import { CREATE_ACTION } from './scripts/create-action.ts';
import { EXPIRE_ACTIONS } from './scripts/expire-actions.ts';
import { ACTION_FIELDS, READ_ACTIONS, READ_LIVE_ON } from './scripts/read-actions.ts';
import { listSpace, overSpaces } from './spaces.ts';
import type { TimesToLive } from './time-to-live.ts';

/** Actions deleted in one step: others wait for it. */
const EXPIRE_BATCH = 20;
/** After how many deletions over all organizations a call answers. */
const EXPIRE_ENOUGH = 100;
const ENDED_STATES = ['completed', 'expired', 'cancelled', 'failed'] as const satisfies readonly Action['state'][];
/** Actions of one organization that a look for late ones finds at most, of each kind. */
const LATE_BATCH = 200;
/** Actions read in one step. */
const READ_AT_ONCE = 200;

/**
 * Also when memory is full. Other ends are not: where no hit can be stored, deadlines and failures must wait for those that
 * were captured before.
 */
const COMMIT_CANCEL = alsoWhenFull(COMMIT_CHANGE);

export function redisActions(connection: RedisConnection, timesToLive: TimesToLive): ActionStore {
  const { call, run } = connection;

  /** Writes what was made of what was read; `again` where it has changed since. */
  async function commit(
    before: { action: Action; revision: string },
    after: Action,
    placed: {
      before: Placement;
      after: Placement;
      change: string;
      othersFailed: boolean;
      epoch: number | undefined;
    } | null,
  ): Promise<'written' | 'again' | 'fenced'> {
    const { organization, id } = before.action;
    const parameters: (string | number)[] = [
      id,
      before.revision,
      after === before.action ? '' : '1',
      after.state,
      after.reason === undefined ? '' : `=${after.reason}`,
      after.endedAt ?? '',
      after.hits,
      timesToLive.ended,
    ];
    if (placed !== null) {
      const { change, othersFailed, epoch } = placed;
      const changed = placed.after !== placed.before;
      parameters.push(placed.before.runtime.id, change, othersFailed ? '1' : '', changed ? '1' : '');
      parameters.push(placed.after.status, saidOf(placed.after), placed.after.lastSequence, epoch ?? '');
    }
    const isCancelled = after !== before.action && after.state === 'cancelled';
    const answer = await run(isCancelled ? COMMIT_CANCEL : COMMIT_CHANGE, keysOf(organization), parameters);
    if (answer === -1) return 'fenced';
    return answer === 1 ? 'written' : 'again';
  }

  async function readAction(organization: string, id: string) {
    const fields = [...ACTION_FIELDS, 'revision'];
    const row = await call((redis) => redis.hmget(keyOf(organization, 'action', id), ...fields));
    const action = toAction(row);
    return action && { action, revision: row[ACTION_FIELDS.length] ?? '' };
  }

  async function readPlacement(organization: string, id: string, runtime: string) {
    const fields = [...ACTION_FIELDS, 'revision', 'standing', ...placementFields(runtime)];
    const row = await call((redis) => redis.hmget(keyOf(organization, 'action', id), ...fields));
    const [revision, standing, ...placed] = row.slice(ACTION_FIELDS.length);
    const action = toAction(row);
    const placement = toPlacement(id, placed);
    if (action === undefined || placement === undefined) return undefined;
    const others = Number(standing) - (placement.status === 'failed' ? 0 : 1);
    return { action, revision: revision ?? '', placement, change: placed.at(-1) ?? '0', othersFailed: others === 0 };
  }

  /** Live actions of one organization, of these ids; those whose records are gone of themselves are forgotten. */
  async function liveAmong(organization: string, ids: readonly string[]): Promise<Action[]> {
    const found: Action[] = [];
    for (let n = 0; n < ids.length; n += READ_AT_ONCE) {
      const some = ids.slice(n, n + READ_AT_ONCE);
      const rows = toReplies(await run(READ_ACTIONS, keysOf(organization), some)).map(toAction);
      found.push(...rows.filter((action) => action !== undefined));
      const gone = some.filter((_, index) => rows[index] === undefined);
      if (gone.length > 0) {
        for (const key of ['live', 'actions'] as const) {
          await call((redis) => redis.zrem(keyOf(organization, key), ...gone));
        }
      }
    }
    return found.filter(({ endedAt }) => endedAt === undefined);
  }

  return {
    async create(organization, action, placements) {
      const live = action.endedAt === undefined ? placements.filter(({ status }) => status !== 'failed') : [];
      const parameters = [
        action.id,
        action.state,
        action.expiresAt,
        action.endedAt ?? '',
        timesToLive.live(action.expiresAt - action.createdAt),
        LIMITS.liveActionsPerRuntime,
        live.length,
        ...live.map(({ runtime }) => runtime.id),
        ...recordFields(action, placements),
      ];
      const make = async () => toReply(await run(CREATE_ACTION, keysOf(organization), parameters));
      let [answer, runtime] = await make();
      if (answer === 'unlisted') {
        await listSpace(connection, organization);
        [answer, runtime] = await make();
      }
      if (answer === 'full') throw new TooManyActions(runtime ?? '');
      if (answer !== 'made') throw new Error(`the action ${action.id} was not made: ${answer}`);
    },

    async get(organization, id) {
      return toRecord(await call((redis) => redis.hgetall(keyOf(organization, 'action', id))));
    },

    list: (organization, filter) => listActions(connection, organization, filter),

    async hits(organization, id, afterNumber) {
      const from = Math.max(0, afterNumber);
      const texts = await call((redis) => redis.lrange(keyOf(organization, 'hits', id), from, -1));
      return toHits(texts, from);
    },

    async liveOn(organization, runtime) {
      const rows = toReplies(await run(READ_LIVE_ON, keysOf(organization), [runtime]));
      return rows.flatMap((row) => {
        const action = toAction(row);
        const placement = action && toPlacement(action.id, row.slice(ACTION_FIELDS.length));
        return action === undefined || placement === undefined ? [] : [{ action, placement }];
      });
    },

    async live() {
      const found = await overSpaces(connection, async (organization) =>
        liveAmong(organization, await call((redis) => redis.zrange(keyOf(organization, 'live'), '0', '-1'))),
      );
      return found.sort((one, other) => one.expiresAt - other.expiresAt);
    },

    async late({ deadlineBefore, queuedBefore }) {
      const found = await overSpaces(connection, async (organization) => {
        const [overdue, queued] = await Promise.all([
          call((redis) =>
            redis.zrangebyscore(keyOf(organization, 'live'), '-inf', `(${deadlineBefore}`, 'LIMIT', 0, LATE_BATCH),
          ),
          // Ids sort by time.
          call((redis) => redis.zrange(keyOf(organization, 'state', 'queued'), '0', `${LATE_BATCH - 1}`)),
        ]);
        if (overdue.length + queued.length === 0) return [];
        const live = await liveAmong(organization, [...new Set([...overdue, ...queued])]);
        return live.filter(
          ({ expiresAt, state, createdAt }) =>
            expiresAt < deadlineBefore || (state === 'queued' && createdAt < queuedBefore),
        );
      });
      return found.sort((one, other) => one.expiresAt - other.expiresAt);
    },

    change: (organization, id, change) =>
      retried(async () => {
        const before = await readAction(organization, id);
        if (before === undefined) return { answer: undefined };
        const after = change(before.action) ?? before.action;
        if (after === before.action || (await commit(before, after, null)) === 'written') return { answer: after };
        return 'again';
      }),

    changePlacement: (organization, id, runtime, change, epoch) =>
      retried<Awaited<ReturnType<ActionStore['changePlacement']>>>(async () => {
        const before = await readPlacement(organization, id, runtime);
        if (before === undefined) return { answer: undefined };
        const { action: wasAction, placement: was, othersFailed } = before;
        const { action = wasAction, placement = was } =
          change({ action: wasAction, placement: was, othersFailed }) ?? {};
        const answer = { action, placement };
        // Who says what changes nothing is fenced all the same.
        if (action === wasAction && placement === was && epoch === undefined) return { answer };
        const placed = { before: was, after: placement, change: before.change, othersFailed, epoch };
        const committed = await commit(before, action, placed);
        if (committed === 'again') return committed;
        return { answer: committed === 'fenced' ? committed : answer };
      }),

    async acceptHit(organization, id, { runtime, epoch, sequence, hit, receivedAt, capturedAt }) {
      const text = toText({ runtime, sequence, receivedAt, hit });
      const parameters = [id, runtime, epoch, sequence, receivedAt, text, timesToLive.ended, capturedAt];
      return toOutcome(toReply(await run(ACCEPT_HIT, keysOf(organization), parameters)));
    },

    async expire(before) {
      const deleted = await overSpaces(
        connection,
        async (organization) => {
          const old = await call((redis) => redis.zcount(keyOf(organization, 'ended'), '-inf', `(${before}`));
          if (old === 0) return [];
          const parameters = [before, EXPIRE_BATCH, ...ENDED_STATES];
          return [Number(await run(EXPIRE_ACTIONS, keysOf(organization), parameters))];
        },
        (counts) => sum(counts) >= EXPIRE_ENOUGH,
      );
      return sum(deleted);
    },
  };
}

function toOutcome([outcome, number, completed]: readonly (string | null)[]): HitOutcome {
  switch (outcome) {
    case 'accepted':
      return { outcome, number: Number(number), completed: completed === '1' };
    case 'duplicate':
    case 'gap':
      return { outcome, lastSequence: Number(number) };
    case 'fenced':
    case 'closed':
      return { outcome };
    default:
      throw new TypeError(`Redis answered ${outcome} to a hit`);
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
