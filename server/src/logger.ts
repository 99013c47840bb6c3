import pino, { type DestinationStream, type Logger } from 'pino';

/** Names of fields whose values are never written, wherever they stand at the first three levels. */
const SECRET = ['authorization', 'Authorization', 'token', 'Token', 'email', 'cookie', 'password', 'secret', 'headers'];

/** The id of a token is no secret: it says in a log whose token it was. */
const TOKEN_ID = /^tok_[0-9a-f]+$/;

/**
 * JSON lines for machines. Credentials and captured values are not logged in the first place; the redaction is the
 * second lock. `destination` is stderr where not given: stdout is for what a person asked for.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { name: 'borescope' },
      redact: {
        paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: (value) => (typeof value === 'string' && TOKEN_ID.test(value) ? value : '[hidden]'),
      },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
