import { spawnSync } from 'node:child_process';
import type { Progress } from '../progress.mjs';
import { prepare } from './system-package.ts';

/** The server that the tests start, by its name on the path; undefined where there is none that is new enough. */
export function redisServer(): string | undefined {
  return ['redis-server', 'valkey-server'].find((name) => {
    const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    // Redis server v=7.0.15 sha=...; the scripts of the store need 7.0.
    return status === 0 && Number(/ v=(\d+)\./.exec(stdout)?.[1]) >= 7;
  });
}

/** Gets a redis-server for the tests that need one: no package of npm holds one that runs everywhere. */
export async function prepareRedis(progress: Progress): Promise<void> {
  await prepare(progress, {
    name: 'redis-server',
    installed: () => redisServer() !== undefined,
    without: 'no Redis 7.0 or newer is installed, so the tests that need one are skipped',
    byHand: 'apt-get install redis-server (Debian, Ubuntu), brew install redis (macOS)',
  });
}
