import { setTimeout as wait } from 'node:timers/promises';
import { isLoopback } from '@borescope/agent-protocol/identity';
import type { Command } from 'commander';
import { mcpUrl } from '../broker-address.ts';
import { Failure, UsageError } from '../failure.ts';
import { print } from '../output.ts';
import {
  type AuthorizationServer,
  type DeviceCode,
  type FreshSignIn,
  findAuthorizationServer,
  redeemDeviceCode,
  requestDeviceCode,
  revoke,
  TokenRefused,
} from '../sign-in/authorization-server.ts';
import { changeSignIn, type SavedSignIn } from '../sign-in/sign-ins.ts';

interface Flags {
  url?: string;
  admin?: true;
}

/** What the tools of a terminal need. */
const SCOPE = 'runtime:read probe:place';
/** What the commands need beside it that administer. */
const ADMIN = 'admin';

export function addLoginCommands(program: Command): void {
  const url = ['--url <url>', 'the broker (BORESCOPE_URL, else http://127.0.0.1:7373)'] as const;
  program
    .command('login')
    .description('Sign in at a broker with a browser; runtimes, snapshot and the like then need no BORESCOPE_TOKEN')
    .option(...url)
    .option('--admin', 'also to administer: commands with --broker then need no BORESCOPE_ADMIN_TOKEN')
    .action(login);
  program
    .command('logout')
    .description('End the sign-in at a broker')
    .option(...url)
    .action(logout);
}

async function login({ url, admin }: Flags): Promise<void> {
  const origin = originOf(url);
  const server = await findAuthorizationServer(origin);
  const code = await requestDeviceCode(server, admin === true ? `${SCOPE} ${ADMIN}` : SCOPE).catch(refused);
  process.stderr.write(`Open ${code.pageWithCode}\nand confirm the code ${code.userCode}\n`);
  const { scopes, ...signedIn } = await confirmed(server, code);
  let before: SavedSignIn | undefined;
  await changeSignIn(origin, async (saved) => {
    before = saved;
    return signedIn;
  });
  // Nobody could end it any more, and it may be for more than the new one.
  if (before !== undefined) await ended(server, before);
  print(`signed in at ${origin}`);
  // A person lets in no more than their role allows.
  if (admin === true && !scopes.includes(ADMIN)) {
    throw new Failure('the account may not administer, so this sign-in is for the tools only');
  }
}

async function logout({ url }: Flags): Promise<void> {
  const origin = originOf(url);
  let had: SavedSignIn | undefined;
  await changeSignIn(origin, async (saved) => {
    had = saved;
    return undefined;
  });
  if (had === undefined) throw new Failure(`nobody is signed in at ${origin} with this command`);
  const saved = had;
  // It is forgotten here in any case; a broker that does not answer lets it end by itself.
  const isEnded = await findAuthorizationServer(origin).then(
    (server) => ended(server, saved),
    () => false,
  );
  print(
    isEnded
      ? `signed out at ${origin}`
      : `signed out here; ${origin} could not be told, and its tokens end by themselves`,
  );
}

/** False where the broker could not be told; it ends by itself then. */
function ended(server: AuthorizationServer, { refreshToken, accessToken }: SavedSignIn): Promise<boolean> {
  return revoke(server, refreshToken ?? accessToken).then(
    () => true,
    () => false,
  );
}

/** Asks until the person has answered, or the code has expired. */
async function confirmed(server: AuthorizationServer, code: DeviceCode): Promise<FreshSignIn> {
  const until = Date.now() + code.expiresIn * 1000;
  let { interval } = code;
  while (Date.now() < until) {
    await wait(interval * 1000);
    try {
      return await redeemDeviceCode(server, code.deviceCode);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      if (error.error === 'slow_down') interval += 5;
      else if (error.error === 'access_denied') throw new Failure('the sign-in was cancelled in the browser');
      else if (error.error !== 'authorization_pending') break;
    }
  }
  throw new Failure('the code has expired: borescope login once more');
}

function refused(error: unknown): never {
  throw error instanceof TokenRefused ? new Failure(`the broker gives no code: ${error.message}`) : error;
}

function originOf(url: string | undefined): string {
  const address = mcpUrl(url ?? process.env['BORESCOPE_URL']);
  if (address.protocol === 'https:' || isLoopback(address.hostname)) return address.origin;
  throw new UsageError('sign-ins go over https:// only, but on this machine');
}
