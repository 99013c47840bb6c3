/**
 * What Borescope promises, as data. A test that shows one cites it: `test(proves('limits:hits', 'fifty means fifty'), ...)`.
 * `npm run check` fails where a promise has no test, where a test cites one that is not here, and where a source is not
 * there. Add a promise together with its test.
 */
interface Promised {
  /** One sentence that can be true or false of a running system. */
  readonly sentence: string;
  /** The page, and heading, that makes the promise to a user. */
  readonly source: string;
}

const LIMITS = 'docs/limits.md';
const TOOLS = 'docs/tools.md';
const ERRORS = 'docs/errors.md';
const VALUES = 'docs/values.md';
const AGENT = 'docs/agent.md';
const WIRE = 'docs/agent-protocol.md';
const SECURITY = 'docs/security-model.md';
const REDACTION = 'docs/redaction.md';
const SETTINGS = 'docs/settings.md';
const START = 'docs/getting-started.md';
const OPERATIONS = 'docs/operations.md';
const GUARANTEES = 'docs/guarantees.md';
const COMMANDS = 'docs/commands.md';
const API = 'docs/api.md';
const SIGN_IN = 'docs/signing-in.md';
const ACCESS = 'docs/access.md';

export const PROMISES = {
  'limits:hits': {
    sentence: 'An action never records more hits than it asked for, also with many runtimes racing for the last one.',
    source: LIMITS,
  },
  'limits:hits-refused': {
    sentence: 'max_hits below 1, above 50 or not whole is refused with LIMIT_EXCEEDED, which names the limit.',
    source: LIMITS,
  },
  'limits:timeout-refused': {
    sentence: 'timeout_seconds below 1 or above 600 is refused with LIMIT_EXCEEDED, which names the limit.',
    source: LIMITS,
  },
  'limits:expressions-refused': {
    sentence: 'An eleventh expression, or one of more than 1,024 characters, is refused with LIMIT_EXCEEDED.',
    source: LIMITS,
  },
  'limits:runtimes-refused': {
    sentence: 'An action on more than 1,000 runtimes is refused with LIMIT_EXCEEDED, which names the limit.',
    source: LIMITS,
  },
  'limits:depth': {
    sentence: 'The contents of nesting levels 1 to 3 of a value are shown, of level 4 never.',
    source: LIMITS,
  },
  'limits:sizes-told': {
    sentence: 'Strings, collections and objects are cut at 1,024, 100 and 50, and the full length or count is told.',
    source: LIMITS,
  },
  'limits:hit-bytes': {
    sentence: 'One hit stays within 64 KiB on the wire, and is marked where it was trimmed.',
    source: LIMITS,
  },
  'limits:stack': { sentence: 'A hit has at most 20 stack frames.', source: LIMITS },
  'limits:frame': { sentence: 'A frame above 1 MiB, or nested more than 64 deep, is refused.', source: LIMITS },

  'tools:overdue': {
    sentence: 'A runtime whose connection was cut without a word is listed with how long nothing was heard of it.',
    source: TOOLS,
  },
  'tools:listed-by-role': {
    sentence: 'A tool is listed only where the credential may call it, and refused where it is called all the same.',
    source: TOOLS,
  },
  'tools:both-eras': {
    sentence: 'Clients of the 2025 and of the 2026-07-28 revision of MCP list and call the same tools.',
    source: TOOLS,
  },
  'tools:both-forms': {
    sentence: 'A result is structured content, and the same as a text.',
    source: TOOLS,
  },
  'tools:progress': {
    sentence: 'With a progress token, progress is told at once and the call may wait as long as the probe lives.',
    source: TOOLS,
  },
  'tools:wait': {
    sentence: 'A call whose wait ends first answers with the action as it is, and wait_for_action goes on from there.',
    source: TOOLS,
  },
  'tools:leave': {
    sentence: 'A client that leaves in the middle of a call ends its wait, never the action.',
    source: TOOLS,
  },
  'tools:cancel': {
    sentence: 'cancel_action removes the probes and gives the final result; a second call answers like the first.',
    source: TOOLS,
  },
  'tools:inspect': {
    sentence:
      'inspect_location tells the source around a line, where a probe would bind and the names in scope, and places nothing.',
    source: TOOLS,
  },
  'tools:diagnosis': {
    sentence:
      'A result without a hit says for each runtime why: not passed, condition false or in error, not loaded, gone.',
    source: TOOLS,
  },
  'tools:cost': {
    sentence: 'A result tells the measured time that the action took from the application.',
    source: TOOLS,
  },
  'tools:sampled': {
    sentence:
      'On a line too hot for its overhead passes are sampled, and the result says which share of the time was watched.',
    source: TOOLS,
  },
  'tools:hostile-text': {
    sentence:
      'Captured text stands in fields of its own, JSON-encoded, with control and bidirectional characters made visible, and a result with it is marked untrusted.',
    source: SECURITY,
  },

  'errors:form': {
    sentence: 'A tool error is isError with a code, a message, a hint and whether to retry.',
    source: ERRORS,
  },
  'errors:runtime-not-found': {
    sentence: 'A target that no attached runtime matches is RUNTIME_NOT_FOUND, with what is attached.',
    source: ERRORS,
  },
  'errors:file-not-found': {
    sentence: 'A file that no script ends in is FILE_NOT_FOUND, with the nearest ones.',
    source: ERRORS,
  },
  'errors:file-ambiguous': {
    sentence: 'A path that several scripts end in is FILE_AMBIGUOUS, with the candidates.',
    source: ERRORS,
  },
  'errors:line-not-executable': {
    sentence: 'A line that is blank, only types, or past the end is LINE_NOT_EXECUTABLE, with the nearest lines.',
    source: ERRORS,
  },
  'errors:source-mismatch': {
    sentence: 'A line that is not the expected one is SOURCE_MISMATCH, with the deployed text.',
    source: ERRORS,
  },
  'errors:expression': {
    sentence:
      'An expression that does not parse is EXPRESSION_INVALID, one that is not allowed EXPRESSION_UNSAFE, with the position.',
    source: ERRORS,
  },
  'errors:all-expressions': {
    sentence:
      'All that is wrong with the condition and the expressions of a call is told in one error, each by its argument.',
    source: VALUES,
  },
  'errors:all-arguments': {
    sentence: 'All that is wrong with the arguments of a call is told in one error.',
    source: ERRORS,
  },
  'errors:unavailable': {
    sentence:
      'With a full disk, a locked database or a full Redis a call is UNAVAILABLE, nothing is half written, and the broker goes on when it can.',
    source: ERRORS,
  },

  'expressions:no-effect': {
    sentence:
      'A condition or expression cannot assign, call code of the application, run a getter or a proxy trap, loop, or await.',
    source: VALUES,
  },
  'expressions:called-early': {
    sentence:
      'A call that could only run code of the application is refused at once, with its position and what may be called.',
    source: VALUES,
  },
  'expressions:names': {
    sentence:
      'A name that has no value at the line is refused before anything is placed, with the name that was meant.',
    source: VALUES,
  },
  'expressions:arrows': {
    sentence: 'An arrow function of one expression goes through a list, within the bounds of every expression.',
    source: VALUES,
  },
  'expressions:bounded': { sentence: 'The work and the size of what an expression makes are bounded.', source: VALUES },
  'expressions:no-guessing': {
    sentence: 'An expression that reads a name that is secret shows nothing of it, and a condition may not test it.',
    source: SECURITY,
  },
  'expressions:no-oracle': {
    sentence:
      'A condition or an expression with a right guess of a hidden value is answered like one with a wrong guess.',
    source: SECURITY,
  },
  'places:notes': {
    sentence: 'A place at which something cannot be seen as one expects says so, and where it can be seen.',
    source: VALUES,
  },
  'values:true': {
    sentence: 'What is uninitialised, not kept by V8, a getter, a proxy, cut, or redacted is marked as what it is.',
    source: VALUES,
  },
  'values:extras': {
    sentence:
      'Properties that an array, a Map, a function or another built-in value has beside its contents are shown and redacted like those of an object.',
    source: VALUES,
  },
  'values:web': {
    sentence: 'URL, URLSearchParams and Headers are shown by their contents, read by functions of Node alone.',
    source: VALUES,
  },
  'values:shadowed': {
    sentence: 'Variables that a nearer one of the same name shadows are told as such, and never mixed up with it.',
    source: VALUES,
  },
  'values:private': {
    sentence:
      'The private fields of `this` are shown and can be named at the lines of its class; a private getter never runs.',
    source: VALUES,
  },
  'values:no-code-run': {
    sentence: 'Capturing runs no getter, proxy trap or other code of the application.',
    source: VALUES,
  },

  'actions:concurrent': { sentence: 'A hundred actions at once on one runtime each get their hit.', source: TOOLS },
  'actions:one-end': { sentence: 'An action reaches exactly one terminal state and never leaves it.', source: TOOLS },
  'actions:runtime-leaves': {
    sentence:
      'An action goes on when a runtime leaves, and when the runtime is back within the deadline its probe is too.',
    source: TOOLS,
  },
  'actions:restart': {
    sentence: 'An action, its hits and its deadline survive a restart of the broker.',
    source: TOOLS,
  },
  'actions:late-delivery': {
    sentence:
      'A hit that was captured before the deadline counts where it comes within ten seconds after it; a later capture never.',
    source: WIRE,
  },

  'agent:no-pause': {
    sentence:
      'Neither a probe nor a debugger statement of the application leaves it standing while the agent is attached.',
    source: AGENT,
  },
  'agent:no-port': {
    sentence: 'A process with the agent listens on no port of the agent, before, during and after an action.',
    source: AGENT,
  },
  'values:wide-once': {
    sentence:
      'The keys of an object with thousands of them are listed once, and never those of a long array or buffer.',
    source: VALUES,
  },
  'values:long-texts': {
    sentence:
      'A text that is too long to be read without holding the application up is not gone through; its length is told.',
    source: VALUES,
  },
  'agent:own-session': {
    sentence: 'An application that has an inspector session of its own, and pauses by it, is not left standing.',
    source: AGENT,
  },
  'agent:exit': {
    sentence: 'The agent keeps no process alive, prints nothing at its end, and changes no exit code.',
    source: AGENT,
  },
  'agent:no-broker': {
    sentence: 'An agent without a broker, or with a bad token or setting, leaves the application as it is.',
    source: AGENT,
  },
  'agent:permission-model': {
    sentence: 'Under a permission model that would abort the process there is one clear line and no agent.',
    source: AGENT,
  },
  'agent:hostile-application': {
    sentence: 'An application that replaced built-ins is captured truly and is not harmed.',
    source: AGENT,
  },
  'agent:worker-crash': {
    sentence: 'A crash of the worker of the agent does not harm the application.',
    source: AGENT,
  },
  'agent:source-maps': {
    sentence: 'A line of TypeScript is found through external and inline source maps, and through those of tsx.',
    source: AGENT,
  },
  'agent:not-loaded': {
    sentence: 'A probe in a file that is not loaded yet binds when it is, before its first pass.',
    source: AGENT,
  },
  'agent:reloaded': {
    sentence: 'A probe follows its module when that is loaded once more, as by a hot reload.',
    source: AGENT,
  },
  'agent:packages': {
    sentence: 'A line inside a package under node_modules can be probed like any other.',
    source: AGENT,
  },
  'agent:first-hit': {
    sentence: 'The first hit of a process is as whole as every later one, also on a busy machine.',
    source: AGENT,
  },
  'agent:cheap-arming': {
    sentence: 'Placing a probe in a function that is hot does not make V8 walk the heap.',
    source: AGENT,
  },
  'agent:deadline': {
    sentence: 'The agent removes a probe at its deadline of its own accord.',
    source: AGENT,
  },
  'agent:disarm': {
    sentence:
      'Between samples the breakpoint is taken away, so that a hot line costs no more than the overhead allowed.',
    source: AGENT,
  },
  'agent:window': {
    sentence:
      'A probe whose placing was dear waits for its first pass all the same: the price is paid by a longer rest afterwards.',
    source: AGENT,
  },
  'agent:slow-loop': {
    sentence:
      'A function that becomes plainly slower while it holds a breakpoint is watched for a part of the time only, and its lost time is told in the cost.',
    source: AGENT,
  },
  'agent:one-file': {
    sentence: 'The agent is one bundled file and the doorway of `import`, with no dependency and no install script.',
    source: AGENT,
  },
  'agent:processes': {
    sentence: 'Each process of a cluster, and each that is forked, is a runtime of its own; a worker thread is none.',
    source: AGENT,
  },
  'agent:one-instance': {
    sentence: 'A process has one agent, however often and in whichever way it is loaded.',
    source: AGENT,
  },

  'wire:bad-frame': {
    sentence:
      'A frame that is not JSON, of an unknown type, or against its schema closes its own connection and harms nothing else.',
    source: WIRE,
  },
  'wire:forbidden-keys': {
    sentence: 'A frame with a __proto__ key is refused and reaches no prototype.',
    source: WIRE,
  },
  'wire:unknown-fields': { sentence: 'Fields that a receiver does not know are ignored.', source: WIRE },
  'wire:versions': {
    sentence: 'The highest version that both sides speak is used; without one the connection closes with 4000.',
    source: WIRE,
  },
  'wire:schemas': {
    sentence: 'The JSON Schemas and the AsyncAPI document agree with what the broker takes.',
    source: WIRE,
  },
  'wire:sequences': {
    sentence: 'A hit with a known sequence is stored once, and one after a gap is asked for again.',
    source: WIRE,
  },
  'wire:epochs': {
    sentence: 'When a runtime attaches again, the older connection is closed and its hits are fenced.',
    source: WIRE,
  },
  'wire:reconnect': {
    sentence:
      'After a reconnect the agent installs what is missing, drops what is not wanted, and sends hits that were not acknowledged.',
    source: WIRE,
  },

  'redaction:names': { sentence: 'The value under a name such as password or apiKey is hidden.', source: SECURITY },
  'redaction:email': { sentence: 'An e-mail address is hidden.', source: SECURITY },
  'redaction:card': {
    sentence: 'A payment card number that passes Luhn is hidden, as text and as a number.',
    source: SECURITY,
  },
  'redaction:account': { sentence: 'An international bank account number is hidden.', source: SECURITY },
  'redaction:wallet': { sentence: 'The address of a wallet is hidden where it has a checksum.', source: SECURITY },
  'redaction:address': {
    sentence: 'An address of a network (IP, MAC) is hidden; a version is none.',
    source: SECURITY,
  },
  'redaction:phone': { sentence: 'An international telephone number is hidden.', source: SECURITY },
  'redaction:identifier': {
    sentence:
      'The number of a person is hidden in any text where its form and check are strong, and else under a name that tells it.',
    source: SECURITY,
  },
  'redaction:jwt': { sentence: 'A JWT is hidden.', source: SECURITY },
  'redaction:header': { sentence: 'The secret of a Bearer or Basic header is hidden.', source: SECURITY },
  'redaction:pem': { sentence: 'A PEM private key is hidden, also where its end is cut off.', source: SECURITY },
  'redaction:source': {
    sentence: 'Source that is shown is redacted as a whole, so that a secret over several lines is hidden on each.',
    source: SECURITY,
  },
  'redaction:vendor': { sentence: 'Tokens of common vendors, and those of Borescope, are hidden.', source: SECURITY },
  'redaction:ordinary': { sentence: 'UUIDs, hashes, versions, dates and amounts stay as they are.', source: SECURITY },
  'redaction:own': { sentence: 'What an organization names, by key or by text, is hidden.', source: REDACTION },
  'redaction:patterns': { sentence: 'The broker hides what the patterns of an organization find.', source: REDACTION },
  'redaction:exceptions': {
    sentence: 'What an organization excepts is shown, and nothing else for that.',
    source: REDACTION,
  },
  'redaction:strict': {
    sentence: 'In the mode strict no value leaves the process: types, length classes and the structure do.',
    source: REDACTION,
  },
  'redaction:off': {
    sentence: 'In an environment where an admin has switched it off, nothing is hidden.',
    source: REDACTION,
  },
  'redaction:closed': {
    sentence: 'Where redaction fails or takes too long, the value is hidden whole.',
    source: REDACTION,
  },
  'redaction:floor': {
    sentence: 'A process that insists on its redaction keeps it, whatever its broker says.',
    source: SECURITY,
  },
  'redaction:at-once': {
    sentence: 'A change of what is hidden holds within a second, for the probes that are in place too.',
    source: REDACTION,
  },
  'redaction:refused': {
    sentence: 'A policy with a rule that cannot hold is refused with its place, and the one that is there stays.',
    source: REDACTION,
  },
  'redaction:preview': { sentence: 'What a policy does to a sample is shown before it is set.', source: REDACTION },
  'redaction:caught': { sentence: 'What only the broker has hidden is counted and told.', source: REDACTION },
  'redaction:agent': {
    sentence: 'What is hidden is hidden inside the process, before it is cut and before it leaves.',
    source: SECURITY,
  },
  'redaction:broker': {
    sentence: 'What a captured hit still shows is hidden at the broker, and counted.',
    source: SECURITY,
  },

  'blocked:language': {
    sentence:
      'A pattern blocks the files, packages and classes that its page says, in time that is bounded by the product of the lengths.',
    source: WIRE,
  },
  'blocked:files': {
    sentence:
      'A probe in a blocked file or package is refused before anything is set, by the path as written and as run, and inspecting it shows nothing.',
    source: WIRE,
  },
  'blocked:at-once': {
    sentence:
      'A policy that comes while probes are in place removes those that it blocks within a second, with the hits that wait, and hides classes from the next hit on.',
    source: WIRE,
  },
  'agent:own-limits': {
    sentence:
      'Whatever its broker orders, an agent gives no more hits and bytes in a minute, and no more of a core, than its own settings say, and tells which of them is used up.',
    source: AGENT,
  },
  'blocked:broker': {
    sentence:
      'What an agent that does not know the policy tells of a blocked file is dropped at the broker, and its probe removed; objects of blocked classes are hidden.',
    source: WIRE,
  },
  'blocked:own': {
    sentence: 'What a process blocks by its own settings stays blocked whatever the broker says.',
    source: AGENT,
  },
  'blocked:classes': {
    sentence: 'An object of a blocked class is a marker wherever it is met, and no expression reads a part of it.',
    source: WIRE,
  },

  'tokens:form': { sentence: 'A mistyped token is told from its checksum, without a look-up.', source: SECURITY },
  'tokens:stored': {
    sentence: 'Only the SHA-256 of a token is stored, and its plaintext is shown once.',
    source: SECURITY,
  },
  'tokens:kind': { sentence: 'A token of one kind opens no door of another.', source: SECURITY },
  'tokens:organization': {
    sentence: 'What belongs to another organization is not found, like what never was.',
    source: SECURITY,
  },
  'tokens:bound': {
    sentence: 'A token bound to services or environments sees and touches only those.',
    source: SECURITY,
  },
  'tokens:revoked': {
    sentence: 'A revoked token is refused from the next request, and its agent sockets close within a second or so.',
    source: SECURITY,
  },
  'tokens:refused': {
    sentence:
      'A credential that is refused is in the log with the address that it came from, and a flood of them does not fill it.',
    source: SECURITY,
  },
  'tokens:silent': { sentence: 'No token is in a log line or in an error.', source: SECURITY },

  'users:passwords': {
    sentence: 'A password is stored as a scrypt hash with a salt of its own and its cost, and a weak one is refused.',
    source: SECURITY,
  },

  'policy:limits': {
    sentence: 'A policy lowers the limits of time, hits and overhead, and what is above them is refused by name.',
    source: SECURITY,
  },
  'policy:kinds': {
    sentence:
      'A policy says which role may use a kind of action, and who may not is neither shown the tool nor served.',
    source: SECURITY,
  },
  'policy:unknown': {
    sentence:
      'Under a policy that a broker does not understand nothing is placed and nothing lives; other organizations are not touched.',
    source: SECURITY,
  },
  'policy:read-only': {
    sentence:
      'Read-only mode, of an organization or of all, removes every live probe within a second and lets none be placed.',
    source: SECURITY,
  },
  'approvals:before': {
    sentence:
      'Where the policy asks for a yes, nothing is placed before it, nothing after a no, and nothing that is forbidden by then.',
    source: SECURITY,
  },
  'approvals:one': {
    sentence:
      'A yes is for one placing of just this request by just this caller, where it was shown to go, and for the line that was shown.',
    source: SECURITY,
  },
  'approvals:shown': {
    sentence: 'Who has to say yes is shown the line as it is deployed, the target, the condition and the cost at most.',
    source: SECURITY,
  },
  'approvals:own': {
    sentence:
      'Over the API nobody says yes to its own request, and no application does that was not let administer: placing probes is not enough.',
    source: SECURITY,
  },
  'approvals:admin': {
    sentence: 'Where the policy asks for an admin, neither the token that asks nor its client can say yes.',
    source: SECURITY,
  },

  'quotas:exact': {
    sentence: 'Of many calls at once exactly as many get through as a quota has left.',
    source: SECURITY,
  },
  'quotas:told': {
    sentence: 'Who is refused by a quota is told which it is, how much is left, and when to call again.',
    source: SECURITY,
  },
  'quotas:apart': {
    sentence: 'What one token or one organization uses is not taken from another.',
    source: SECURITY,
  },

  'audit:told': {
    sentence:
      'The audit tells who did what with which credential, where, and what came of it, refusals too, and holds no captured value and no credential.',
    source: SECURITY,
  },
  'audit:address': {
    sentence: 'Each act of a caller is in the audit with the address of the client that sent this very request.',
    source: SECURITY,
  },
  'audit:reading': {
    sentence:
      'Who is handed hits of an action that another token has placed is in the audit before, with which and how many.',
    source: SECURITY,
  },
  'audit:refused-calls': {
    sentence:
      'A call that a role, a scope, a bound, the policy or a quota refuses is in the audit, and a flood of them does not fill it.',
    source: SECURITY,
  },
  'audit:ahead': {
    sentence: 'Where the audit cannot be written the act is not done.',
    source: SECURITY,
  },
  'audit:chain': {
    sentence:
      'An entry of the audit that was changed, dropped, moved, doubled, cut off or put in by somebody without the secret is found.',
    source: SECURITY,
  },
  'audit:retention': {
    sentence: 'Entries that are too old are deleted from the beginning, and what is left is still verified.',
    source: SECURITY,
  },

  'agent:identity': {
    sentence:
      'An agent sends its token only to a broker whose certificate is trusted, is for the host, and has a pinned key where keys are pinned.',
    source: AGENT,
  },
  'tokens:owner': {
    sentence: 'A token with an owner ends with the account, and never has more rights than it.',
    source: SECURITY,
  },
  'tokens:application': {
    sentence:
      'A token that an application makes for its person has an owner, and ends with the account; only that of an agent has none.',
    source: ACCESS,
  },
  'tokens:pair': {
    sentence: "With the headers Email and Token the token decides, and the e-mail must be its owner's.",
    source: SECURITY,
  },

  'sign-in:url-only': {
    sentence: 'A person gives an MCP client the URL only, and signs in with a browser.',
    source: SIGN_IN,
  },
  'sign-in:metadata': {
    sentence: 'The answer to a call or a request without credentials leads to the sign-in.',
    source: SIGN_IN,
  },
  'sign-in:clients': {
    sentence: 'Claude Code, Codex, VS Code and Cursor register and sign in as they do it.',
    source: SIGN_IN,
  },
  'sign-in:consent': {
    sentence: 'Nobody is connected without being asked, and the page names where the answer goes.',
    source: SIGN_IN,
  },
  'sign-in:scopes': { sentence: 'A person lets in no more than their role allows.', source: SIGN_IN },
  'sign-in:step-up': {
    sentence: 'A call that lacks a scope is answered with the scope that it needs.',
    source: SIGN_IN,
  },
  'sign-in:one-use': { sentence: 'A code is good once, for a minute, for its client only.', source: SIGN_IN },
  'sign-in:refresh': {
    sentence:
      'A refresh token is good once: one that comes again is answered as before for half a minute, and ends the sign-in when that is over or the next one was used.',
    source: SIGN_IN,
  },
  'sign-in:resource': { sentence: 'A token of a sign-in is good for this broker only.', source: SIGN_IN },
  'sign-in:forms': {
    sentence: 'A form that did not come from our page, in this browser, does nothing.',
    source: SIGN_IN,
  },
  'sign-in:checked': {
    sentence: 'What becomes of an account holds for the next call of its applications.',
    source: SIGN_IN,
  },
  'sign-in:streams': {
    sentence:
      'Open streams of an application close within about a second when its sign-in ends, or its person may do something else.',
    source: SIGN_IN,
  },
  'sign-in:browser': { sentence: 'The pages work in a browser, without a script.', source: SIGN_IN },
  'sign-in:terminal': {
    sentence: 'borescope login signs a person in at a terminal, and the commands use it.',
    source: SIGN_IN,
  },
  'sign-in:company': {
    sentence: "People sign in at the company's provider, and have the role that it tells.",
    source: SIGN_IN,
  },
  'sign-in:brokers': { sentence: 'Any broker goes on with a sign-in that another began.', source: SIGN_IN },

  'broker:settings': {
    sentence: 'An unknown or bad setting stops the start with one clear line.',
    source: SETTINGS,
  },
  'broker:loopback': {
    sentence: 'Listening beyond loopback without TLS or a declared proxy is refused.',
    source: SETTINGS,
  },
  'broker:client-address': {
    sentence:
      'The address of a client is that of its connection, or what trusted proxies have told of it; nobody else can choose it.',
    source: OPERATIONS,
  },
  'tls:start': {
    sentence:
      'A certificate or key that TLS cannot use stops the start with one line that names the file and what is wrong.',
    source: OPERATIONS,
  },
  'tls:reload': {
    sentence:
      'A renewed certificate is in use within seconds or at once on SIGHUP; no connection ends for it, and one that cannot be used changes nothing.',
    source: OPERATIONS,
  },
  'tls:expiry': {
    sentence: 'A certificate that expires within 14 days, or has expired, is warned of, and its end is a metric.',
    source: OPERATIONS,
  },
  'tls:strong': {
    sentence: 'TLS below 1.2, and suites without forward secrecy, are refused.',
    source: OPERATIONS,
  },
  'http:foreign-pages': {
    sentence:
      'A page of another site, or of another port, cannot speak to the broker, also where its name leads to it.',
    source: SECURITY,
  },
  'http:headers': {
    sentence:
      'Every answer, also a refused one, forbids to run, frame, guess the type of, refer from or keep what is in it.',
    source: OPERATIONS,
  },
  'http:limits': {
    sentence:
      'A request that is too large, too slow, compressed, nested too deep or ambiguous is refused with a limit that is named, or its connection ends.',
    source: OPERATIONS,
  },
  'broker:metrics': {
    sentence: 'Metrics are open to this machine alone, and behind a proxy to an admin token only.',
    source: SECURITY,
  },
  'broker:port-taken': { sentence: 'A port that is taken is one clear line and exit code 1.', source: COMMANDS },
  'broker:drain': {
    sentence: 'On SIGTERM the broker stops being ready, tells agents to reconnect, answers open calls, and ends.',
    source: SETTINGS,
  },
  'broker:one-per-store': { sentence: 'Two brokers do not share one embedded store.', source: SETTINGS },
  'broker:agent': { sentence: 'The broker serves the agent that matches it at /agent.tgz.', source: START },

  'brokers:one': {
    sentence:
      'Any number of brokers on one Redis behave as one: a call at one looks into runtimes that are attached to others.',
    source: OPERATIONS,
  },
  'brokers:death': {
    sentence:
      'When a broker dies its agents attach to another, and their actions go on without losing or doubling a hit.',
    source: OPERATIONS,
  },
  'brokers:sentinel': {
    sentence: 'With Sentinel the brokers go on at the new master by themselves when the old one dies.',
    source: OPERATIONS,
  },
  'brokers:cluster': {
    sentence:
      'npm run cluster runs two brokers, a balancer and two shops on this machine, and Ctrl-C leaves nothing behind.',
    source: OPERATIONS,
  },
  'brokers:drain': {
    sentence: 'A broker that is stopped sends its agents to the others and leaves nothing of its own behind in Redis.',
    source: OPERATIONS,
  },
  'migrate:everything': {
    sentence:
      'borescope migrate moves everything of one store into another, in either direction, and shows that nothing is missing.',
    source: OPERATIONS,
  },
  'migrate:goes-on': {
    sentence:
      'After a move live actions go on where they were: probes come back with their runtimes, budget and order hold, and what was attached before is fenced.',
    source: OPERATIONS,
  },
  'migrate:alone': {
    sentence:
      'While a store is moved no broker runs or starts on either side, and a target that is not empty is refused.',
    source: OPERATIONS,
  },
  'migrate:unfinished': {
    sentence:
      'A move that was broken off leaves the source as it was and a target that no broker starts on; the next move to there begins anew.',
    source: OPERATIONS,
  },
  'faults:broker': {
    sentence:
      'A broker that is killed at any step of an action, and started again or followed by another, loses and doubles no hit.',
    source: GUARANTEES,
  },
  'faults:agent': {
    sentence: 'A process that dies at any step leaves an action that ends once, with the hits that were stored.',
    source: GUARANTEES,
  },
  'faults:connections': {
    sentence: 'Connections that are cut, or swallow without a word, lose and double nothing.',
    source: GUARANTEES,
  },
  'faults:redis': {
    sentence:
      'While Redis is dead, stands still, is half open, takes no writes or is full, calls answer and nothing is lost; then all goes on by itself.',
    source: GUARANTEES,
  },
  'faults:data-lost': {
    sentence: 'Where Redis comes back without its data, probes are gone in time and new actions are served.',
    source: GUARANTEES,
  },
  'faults:standstill': {
    sentence:
      'A broker that stood still loses no hit that came in time, unless another one has ended the action 10 seconds after its deadline, and writes nothing behind the back of the one that took over.',
    source: GUARANTEES,
  },
  'faults:clocks': {
    sentence: 'With the clock of a broker or of a process an hour wrong, deadlines and hits are as with right ones.',
    source: GUARANTEES,
  },
  'faults:misbehaving': {
    sentence:
      'An agent that lies, floods, does not read, or sends what is no frame harms no other one, and touches nothing of another organization.',
    source: GUARANTEES,
  },
  'faults:waiting': {
    sentence:
      'Many calls wait at once, and when they are answered, or their callers have left, nothing of them is left in the broker.',
    source: GUARANTEES,
  },
  'store:shrinks': {
    sentence: 'The room on disk that deleted actions took is given back to the file system, but for a few megabytes.',
    source: OPERATIONS,
  },
  'store:private': {
    sentence: 'The data directory and the files in it are for their owner only.',
    source: SECURITY,
  },
  'store:upgrade': {
    sentence:
      'A store of an older version is upgraded in one step by the first newer version that opens it, with all that is in it.',
    source: OPERATIONS,
  },
  'commands:identity': {
    sentence: 'A command sends its token over TLS only to a broker that proves itself as it has to for an agent.',
    source: COMMANDS,
  },
  'api:described': {
    sentence: 'Every route under /api is in its OpenAPI description, and every answer is as the description says.',
    source: API,
  },
  'grants:doors': {
    sentence:
      'Each tool, route and frame is let in for whom the table of grants names, and refused to all others, on every call.',
    source: ACCESS,
  },
  'grants:others': {
    sentence:
      'What belongs to another organization gets the same answer, to the byte, as what was deleted and what never was.',
    source: ACCESS,
  },
  'api:escalation': {
    sentence:
      'Who makes or rotates a token gives it no more than it may do itself: no wider bounds, and nothing that a person has not allowed the application. One that is bound changes nothing that concerns the whole organization.',
    source: API,
  },
  'api:bearer': {
    sentence:
      'A token in the Authorization header opens /api, and nothing else does: no cookie, no query, no other header.',
    source: API,
  },
  'api:users': {
    sentence:
      'Accounts over the API are those of the own organization that reach no further than the token; a first password is made by the broker and shown once, and no answer holds a hash.',
    source: API,
  },
  'api:addresses': {
    sentence:
      'Over the API an organization learns in an hour of at most 30 addresses that they have an account that it cannot see.',
    source: ACCESS,
  },
  'api:lock-out': {
    sentence:
      'Over the API nobody takes the rights of an admin from their own account, or from the last one that has them for the whole organization.',
    source: ACCESS,
  },
  'api:installation': {
    sentence: 'Only an admin of the organization default makes organizations and switches the read-only mode of all.',
    source: API,
  },
  'api:versions': {
    sentence: 'A policy or quotas are changed from the version that was read, or not at all.',
    source: API,
  },
  'api:quota': {
    sentence:
      'Requests to /api count as calls, and beyond the quota the answer is 429 and says when to come again; those of who administers count for their token alone.',
    source: API,
  },
  'api:approvals': {
    sentence: 'Where the policy asks for an admin, neither who asked nor another token of the same person can approve.',
    source: API,
  },
  'api:read-only': {
    sentence: 'Read-only mode removes every live probe within a second.',
    source: API,
  },
  'api:bound': {
    sentence: 'Runtimes, actions and approvals that a token is not bound to are for it as if they never were.',
    source: API,
  },
  'api:audit': {
    sentence: 'Each change, and each export of the audit, is in the audit before it is done.',
    source: API,
  },
  'commands:interrupt': {
    sentence:
      'Ctrl-C while a command waits for an action cancels the action within two seconds, says so and exits 130.',
    source: COMMANDS,
  },
  'commands:start': {
    sentence: 'npm start -- --once builds, starts, takes one live snapshot through MCP, prints it and exits with 0.',
    source: START,
  },
  'commands:codes': {
    sentence: 'The borescope command exits with 0 when done, 1 when the work failed, 2 on wrong usage.',
    source: COMMANDS,
  },
  'commands:ways': {
    sentence:
      'Commands of administration do the same on the store and at a running broker, and the audit tells of them.',
    source: COMMANDS,
  },
  'commands:verify': {
    sentence:
      'borescope audit verify exits with 1 where an entry was changed, and says which and how; it warns where there is no chain and one is to be expected.',
    source: COMMANDS,
  },
  'commands:json': { sentence: 'With --json a command prints the structured content of the tool.', source: COMMANDS },
  'commands:install': {
    sentence: 'Installed from its tarballs into an empty project, Borescope does its main job.',
    source: START,
  },
} as const satisfies Readonly<Record<string, Promised>>;

export type PromiseId = keyof typeof PROMISES;
