import { ERRORS, type ErrorCode } from '@borescope/agent-protocol';
import { HTTP_ERRORS } from '@borescope/server';
import type { GeneratedFile } from './generated-file.ts';

/** What each code means and what the caller can do; a code without a line here does not compile. */
const MEANING: Readonly<Record<ErrorCode, readonly [means: string, mend: string]>> = {
  RUNTIME_NOT_FOUND: [
    'No attached runtime matches `runtimes`, or none that the credential may touch.',
    'The hint lists what is attached. Start the application with the agent, or widen the target.',
  ],
  FILE_NOT_FOUND: [
    'No script of the runtime, and no file that it may still load, ends in this path.',
    'The hint names the nearest files. Give the path as the developer wrote it, as much of it as you are sure of.',
  ],
  FILE_AMBIGUOUS: ['Several scripts end in this path.', 'The hint lists them. Add folders until one is left.'],
  LINE_NOT_EXECUTABLE: [
    'No statement starts on this line: it is blank, a comment, only types, or past the end.',
    'The hint names the nearest lines that can carry a probe, with their text.',
  ],
  SOURCE_MISMATCH: [
    'The deployed line is not the `expect_line` that was given: the runtime runs other code than you look at.',
    'The hint has the deployed text. Use `inspect_location` to find the line in the deployed source.',
  ],
  EXPRESSION_INVALID: [
    'The condition or expression does not parse, is not one expression, or names what has no value at the line.',
    'The message says where, and for each of several which; the hint has the name that was probably meant.',
  ],
  EXPRESSION_UNSAFE: [
    'It parses, and could have an effect or show a secret: an assignment, a call of application code, a loop, a test of a secret.',
    'The message says what and where, the hint what to write instead and what may be called.',
  ],
  LIMIT_EXCEEDED: [
    'An argument is missing, outside of its bounds, or of the wrong kind.',
    'The message names all of them, with their limits.',
  ],
  QUOTA_EXCEEDED: ['More at once than is allowed.', 'The message says when to retry.'],
  FORBIDDEN: ['The credential may not do this.', 'Use a token of the kind and role that the message names.'],
  BLOCKED_BY_POLICY: ['A policy of the organization forbids it.', 'Ask who administers the organization.'],
  ACTION_NOT_FOUND: [
    'No action has this id, it is older than the retention, or it is not yours to see.',
    'Use `list_actions`.',
  ],
  UNAVAILABLE: [
    'The broker cannot do it now: the store cannot be written, the runtime does not answer, or it is shutting down.',
    'Try again in a moment.',
  ],
};

/** The same for what only HTTP has. */
const HTTP_MEANING: Readonly<Record<keyof typeof HTTP_ERRORS, readonly [means: string, mend: string]>> = {
  BAD_REQUEST: ['It is no request as the broker understands them.', 'The message says what is wrong.'],
  UNAUTHENTICATED: [
    'There is no credential, or it does not hold.',
    'Send `Authorization: Bearer` with a token that does.',
  ],
  NOT_FOUND: ['There is nothing, or nothing that is yours to see.', 'The hint says where to look what there is.'],
  REQUEST_TIMEOUT: ['The request did not arrive in time.', 'Send it again.'],
  CONFLICT: ['It is taken or decided already, or what is there stands against it.', 'Read what is there.'],
  PRECONDITION_FAILED: [
    'Somebody has changed it since it was read; nothing was written.',
    'Read it again, make the change in that, and send its ETag.',
  ],
  PAYLOAD_TOO_LARGE: ['The body is too large.', 'Send less.'],
  URL_TOO_LONG: ['The URL is too long.', 'Send what is long in the body.'],
  UNSUPPORTED_MEDIA_TYPE: ['The content type is not JSON.', 'Send `application/json`.'],
  PRECONDITION_REQUIRED: ['A change needs `If-Match`.', 'Read it first, and send the ETag of that answer.'],
  HEADERS_TOO_LARGE: ['The headers are too large.', 'Send fewer or shorter ones.'],
  INTERNAL: ['The broker failed.', 'Try again; the log of the broker has the reason.'],
};

export function errorsPage(): GeneratedFile {
  const sections = Object.entries(ERRORS).map(([code, { status, retryable }]) => {
    const [means, mend] = MEANING[code as ErrorCode];
    return `| \`${code}\` | ${means} | ${mend} | ${retryable ? 'yes' : 'no'} | ${status} |`;
  });
  const overHttp = Object.entries(HTTP_ERRORS).map(([code, { status, retryable }]) => {
    const [means, mend] = HTTP_MEANING[code as keyof typeof HTTP_ERRORS];
    return `| \`${code}\` | ${means} | ${mend} | ${retryable ? 'yes' : 'no'} | ${status} |`;
  });
  return {
    path: 'docs/errors.md',
    text: `<!-- Generated from agent-protocol/src/errors.ts and server/src/http/http-error.ts by npm run generate. -->

# Errors

A tool that cannot do what was asked answers with \`isError: true\` and the structured content
\`{"error": {"code", "message", "hint", "retryable"}}\`; the same stands in the text of the result. A placement that failed
on one runtime has \`error\` with a code of this table in its entry of \`placements\`. Switch on the code, never on the
words. Messages and hints hold no captured data.

| code | means | what to do | the same call may work later | HTTP status |
|---|---|---|---|---:|
${sections.join('\n')}

## Over HTTP

The [API](api.md), and every other path of the broker, answers an error with the same body. Beside the codes above:

| code | means | what to do | the same request may work later | HTTP status |
|---|---|---|---|---:|
${overHttp.join('\n')}

With 429 and 503 the header \`Retry-After\` says in how many seconds to come again, where that is known.
`,
  };
}
