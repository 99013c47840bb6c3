import { StoreMoving } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { GLOBAL } from './keys.ts';

/**
 * Rejects with `StoreMoving` while `borescope migrate` moves the store, and where it was broken off. A broker asks before
 * it makes its inbox and again after that; a move looks for inboxes once it is noted: so one of the two sees the other.
 */
export async function refuseMoving({ call }: RedisConnection): Promise<void> {
  if ((await call((redis) => redis.get(GLOBAL.moving))) !== null) {
    throw new StoreMoving('borescope migrate is moving the store in this Redis now: start again when it is done');
  }
  if ((await call((redis) => redis.get(GLOBAL.unfinished))) !== null) {
    throw new StoreMoving(
      'the store in this Redis is unfinished: borescope migrate was broken off while it wrote it; run it again, it begins anew',
    );
  }
}
