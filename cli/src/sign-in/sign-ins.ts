import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../failure.ts';

/** What a person has signed in with at one broker. */
export interface SavedSignIn {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly refreshToken?: string;
}

/** By the origin of the broker. */
type SignIns = Readonly<Record<string, SavedSignIn>>;

/** Milliseconds that another command may hold the file, which asks the broker meanwhile; behind them it is dead. */
const HELD_AT_MOST = 30_000;
const LOOK_EVERY = 50;

/** Where programs keep what is a person's own: by the XDG base directory specification, on Windows %APPDATA%. */
function directory(): string {
  const { XDG_CONFIG_HOME, APPDATA } = process.env;
  const base = process.platform === 'win32' ? APPDATA : XDG_CONFIG_HOME;
  return join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'borescope');
}

export async function savedSignIn(origin: string): Promise<SavedSignIn | undefined> {
  return (await read())[origin];
}

/**
 * Changes what is saved for one broker, alone among the commands that run: a refresh token is good once, and of two that
 * came with it at the same time the broker would take the second for a thief. `change` gets what is saved now.
 */
export async function changeSignIn(
  origin: string,
  change: (saved: SavedSignIn | undefined) => Promise<SavedSignIn | undefined>,
): Promise<SavedSignIn | undefined> {
  await mkdir(directory(), { recursive: true, mode: 0o700 });
  const lock = join(directory(), 'sign-ins.lock');
  await hold(lock);
  try {
    const { [origin]: saved, ...others } = await read();
    const changed = await change(saved);
    if (changed !== saved) await write(changed === undefined ? others : { ...others, [origin]: changed });
    return changed;
  } finally {
    await rm(lock, { force: true });
  }
}

async function hold(lock: string): Promise<void> {
  const until = Date.now() + 2 * HELD_AT_MOST;
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > HELD_AT_MOST) await rm(lock, { force: true });
    if (Date.now() > until) throw new Failure(`${lock} is held by another command: remove it if none runs`);
    await wait(LOOK_EVERY);
  }
}

async function read(): Promise<SignIns> {
  const file = join(directory(), 'sign-ins.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw new Failure(`${file} cannot be read`);
  });
  try {
    // Only this file writes it, for this person alone.
    return JSON.parse(text) as SignIns;
  } catch {
    throw new Failure(`${file} is not what this command writes: remove it, and sign in again with borescope login`);
  }
}

/** Beside it, and then in its place: a command that is killed leaves the old one. */
async function write(signIns: SignIns): Promise<void> {
  const file = join(directory(), 'sign-ins.json');
  const fresh = `${file}.${process.pid}`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(signIns, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
