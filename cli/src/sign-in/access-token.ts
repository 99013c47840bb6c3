import { Failure, UsageError } from '../failure.ts';
import { findAuthorizationServer, refresh, TokenRefused } from './authorization-server.ts';
import { changeSignIn, savedSignIn } from './sign-ins.ts';

/** Milliseconds before its end at which an access token is renewed: a call may take a while to arrive. */
const EARLY = 60_000;

/** What to show the broker: BORESCOPE_TOKEN, else that of the person who has signed in there. */
export async function accessToken({ origin }: URL): Promise<string> {
  const token = process.env['BORESCOPE_TOKEN'];
  if (token !== undefined && token !== '') return token;
  const signedIn = await signInToken(origin);
  if (signedIn !== undefined) return signedIn;
  throw new UsageError(
    `BORESCOPE_TOKEN: set it to an mcp token (borescope token create --kind mcp --name NAME), or sign in at ${origin} with borescope login`,
  );
}

/** Of the person who has signed in there, renewed where it is nearly over; undefined where nobody has. */
export async function signInToken(origin: string): Promise<string | undefined> {
  const saved = await savedSignIn(origin);
  if (saved === undefined) return undefined;
  if (saved.expiresAt - EARLY > Date.now()) return saved.accessToken;
  const renewed = await changeSignIn(origin, async (now) => {
    // Another command may have been faster, or have signed out.
    if (now === undefined || now.expiresAt - EARLY > Date.now()) return now;
    if (now.refreshToken === undefined) return undefined;
    const server = await findAuthorizationServer(origin);
    return refresh(server, now.refreshToken).catch((error: unknown) => {
      if (error instanceof TokenRefused && error.error === 'invalid_grant') return undefined;
      throw error instanceof TokenRefused
        ? new Failure(`${origin} does not renew the sign-in: ${error.message}`)
        : error;
    });
  });
  if (renewed === undefined) throw new Failure(`the sign-in at ${origin} has ended: borescope login`);
  return renewed.accessToken;
}
