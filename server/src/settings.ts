import { isIP } from 'node:net';
import { isLoopback } from '@borescope/agent-protocol';
import { z } from 'zod';

const TRUE = ['true', '1', 'yes'];
const FALSE = ['false', '0', 'no'];

const text = z.string().min(1, 'must not be empty');

const flag = z
  .string()
  .refine((value) => [...TRUE, ...FALSE].includes(value.toLowerCase()), 'must be true or false')
  .transform((value) => TRUE.includes(value.toLowerCase()));

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a port, 0 to 65535');

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .refine((value) => new URL(value).pathname === '/' && new URL(value).search === '', 'must have no path');

const duration = z.string().transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  context.addIssue({ code: 'custom', message: 'must be a time such as 90s, 30m, 24h or 7d' });
  return z.NEVER;
});

const networks = z.string().transform((value, context) => {
  const entries = value.split(',').map((entry) => entry.trim());
  const bad = entries.some((entry) => !isNetwork(entry));
  if (!bad) return entries;
  // A network of all addresses would believe whatever a client writes.
  const message = 'must be addresses or networks, such as 10.0.0.5,192.168.0.0/16,2001:db8::/32, and not all addresses';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const issuer = z
  .url({ protocol: /^https?$/, error: 'must be an https:// URL' })
  .refine((value) => new URL(value).protocol === 'https:' || isLoopback(new URL(value).hostname), 'must be https://');

const ROLES = ['viewer', 'developer', 'admin'] as const;

const roleMapping = z.string().transform((value, context) => {
  const mapping = new Map<string, (typeof ROLES)[number]>();
  for (const entry of value.split(',')) {
    const at = entry.lastIndexOf('=');
    const [name, role] = [entry.slice(0, at).trim(), ROLES.find((known) => known === entry.slice(at + 1).trim())];
    if (at === -1 || name === '' || role === undefined) {
      const message = 'must be value=role, value=role with the roles viewer, developer and admin';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    mapping.set(name, role);
  }
  return mapping;
});

/**
 * Every setting of the broker. In the environment it is BORESCOPE_ and the name in capitals (`BORESCOPE_DATA_DIR`), as
 * a flag the name with dashes (`--data-dir`); flags win. Read once, passed down.
 */
export const brokerSettings = z.object({
  host: text.default('127.0.0.1').describe('Address to listen on. Anything but loopback needs TLS.'),
  port: port.default(7373).describe('Port to listen on; 0 takes any free one, and it is printed.'),
  publicUrl: url
    .optional()
    .describe('The URL under which clients reach the broker. Its host name is accepted in Host and Origin headers.'),
  dataDir: text
    .default('./.borescope')
    .describe('Directory of the embedded store, made with mode 0700; not used with Redis.'),
  redisUrl: text
    .optional()
    .describe(
      'The Redis that any number of brokers share: redis://user:password@host:6379/0, rediss:// for TLS, ' +
        'redis+sentinel://host:26379,host:26379/master-name, redis+cluster://host:6379,host:6379. Unset: the embedded store.',
    ),
  retention: duration
    .default(86_400_000)
    .describe('How long hits and finished actions are kept before they are deleted: 90s, 30m, 24h, 7d.'),
  auditRetention: duration
    .default(90 * 86_400_000)
    .describe('How long entries of the audit are kept before they are deleted: 24h, 90d, 400d.'),
  secretFile: text
    .optional()
    .describe(
      'File with at least 32 random bytes as base64, from which all lasting keys are made (the audit chain, sign-in); the ' +
        'same for every broker of an installation. Unset: a secret that lies in the store, beside what it protects.',
    ),
  tlsCert: text.optional().describe('File with the PEM certificate chain; together with the key.'),
  tlsKey: text.optional().describe('File with the PEM private key.'),
  tlsTerminated: flag
    .default(false)
    .describe('true declares that a proxy in front of the broker terminates TLS; then it may listen beyond loopback.'),
  trustedProxies: networks
    .optional()
    .describe(
      'Addresses and networks of the proxies whose X-Forwarded-For tells the address of a client, comma separated: ' +
        '10.0.0.5,192.168.0.0/16. Only with tls-terminated; then, where not set, a proxy on this machine.',
    ),
  signInLifetime: duration
    .default(30 * 86_400_000)
    .describe(
      'How long an application that a person has let in stays connected before the person is asked again. With a ' +
        'provider of the company also how long somebody who was removed there is still let in.',
    ),
  oauthClientDocuments: flag
    .default(false)
    .describe(
      'true lets applications identify themselves by an https:// URL (client-id metadata documents): the broker must ' +
        'reach the internet to fetch them.',
    ),
  oidcIssuer: issuer
    .optional()
    .describe(
      "Issuer of the company's OpenID Connect provider. Set: people sign in there, and not with passwords here.",
    ),
  oidcClientId: text.optional().describe('The client that the broker is at that provider.'),
  oidcClientSecret: text.optional().describe('Its secret. Set it in the environment: flags are seen by other users.'),
  oidcScopes: text.default('openid email profile').describe('What is asked of the provider, separated by spaces.'),
  oidcEmailClaim: text
    .default('email')
    .describe('Claim with the e-mail address. Of `email` it must be told that it is verified; another is trusted.'),
  oidcRoleClaim: text
    .default('groups')
    .describe('Claim with groups or roles: a text or a list of texts; realm_access.roles looks into objects.'),
  oidcRoles: roleMapping
    .optional()
    .describe(
      'Which value of that claim gives which role: borescope-admins=admin,engineering=developer. The highest holds.',
    ),
  oidcOrganization: text.default('default').describe('Organization of everybody who signs in there.'),
  oidcOrganizationClaim: text
    .optional()
    .describe('Claim with the name of the organization, instead of one for everybody; the organization must exist.'),
  logLevel: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('Least severe level that is logged, as JSON lines on stderr.'),
});

/** Times in milliseconds. */
export type BrokerSettings = z.infer<typeof brokerSettings>;
export type BrokerSettingName = keyof BrokerSettings;

export const BROKER_SETTING_NAMES = Object.keys(brokerSettings.shape) as BrokerSettingName[];

/** One line that says which setting is wrong, and how it has to be. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Settings of agents and of the command share the prefix, and may stand in the same environment. */
const OTHERS = [
  'BORESCOPE_URL',
  'BORESCOPE_BROKER_URL',
  'BORESCOPE_ADMIN_TOKEN',
  'BORESCOPE_TOKEN',
  'BORESCOPE_CA',
  'BORESCOPE_PIN',
  'BORESCOPE_AGENT_PLAINTEXT',
  'BORESCOPE_SERVICE',
  'BORESCOPE_SERVICE_VERSION',
  'BORESCOPE_ENVIRONMENT',
  'BORESCOPE_TAGS',
  'BORESCOPE_EAGER',
  'BORESCOPE_KEEP_SPARKPLUG',
  // Read by the scoring of the redaction rules, in development.
  'BORESCOPE_REDACTION_CASES',
];

/** `dataDir` is `BORESCOPE_DATA_DIR` in the environment and `--data-dir` on the command line. */
export function variableName(name: BrokerSettingName): string {
  return `BORESCOPE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export function flagName(name: BrokerSettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** @throws SettingsError for an unknown BORESCOPE_ variable, a bad value, or values that do not go together */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Partial<Record<BrokerSettingName, string>> = {},
): BrokerSettings {
  refuseUnknown(environment);
  const given: Partial<Record<BrokerSettingName, string>> = {};
  for (const name of BROKER_SETTING_NAMES) {
    const value = flags[name] ?? environment[variableName(name)];
    // An empty variable is how containers and shells say "not set"; an empty flag is a mistake.
    if (value !== undefined && (value !== '' || flags[name] !== undefined)) given[name] = value;
  }
  const parsed = brokerSettings.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = BROKER_SETTING_NAMES.find((candidate) => candidate === issue?.path[0]);
    const where = name === undefined ? 'settings' : flags[name] === undefined ? variableName(name) : flagName(name);
    // The value itself is not repeated: it may hold a password, as in a Redis URL.
    throw new SettingsError(`${where}: ${issue?.message ?? 'bad value'}`);
  }
  refuseContradictions(parsed.data);
  return parsed.data;
}

/** The proxies that are believed: none where no proxy is declared, those on this machine where none are named. */
export function believedProxies({
  tlsTerminated,
  trustedProxies,
}: Pick<BrokerSettings, 'tlsTerminated' | 'trustedProxies'>): readonly string[] {
  return tlsTerminated ? (trustedProxies ?? ['127.0.0.0/8', '::1']) : [];
}

/** `90s`, `30m`, `24h`, `7d` in milliseconds; undefined for anything else. */
export function parseDuration(value: string): number | undefined {
  const match = /^(\d{1,7})(s|m|h|d)$/.exec(value);
  if (match === null) return undefined;
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? ''];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

function isNetwork(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || address.includes('%') || rest.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

function refuseUnknown(environment: Readonly<Record<string, string | undefined>>): void {
  const known: string[] = BROKER_SETTING_NAMES.map(variableName);
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('BORESCOPE_') || known.includes(name) || OTHERS.includes(name)) continue;
    throw new SettingsError(`${name}: unknown setting; the broker knows ${known.join(', ')}`);
  }
}

function refuseContradictions(settings: BrokerSettings): void {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcRoles } = settings;
  const oidc = [oidcIssuer, oidcClientId, oidcClientSecret, oidcRoles];
  if (oidc.some((value) => value !== undefined) && oidc.some((value) => value === undefined)) {
    throw new SettingsError(
      'BORESCOPE_OIDC_ISSUER, BORESCOPE_OIDC_CLIENT_ID, BORESCOPE_OIDC_CLIENT_SECRET and BORESCOPE_OIDC_ROLES go ' +
        'together: set all or none',
    );
  }
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined)) {
    throw new SettingsError('BORESCOPE_TLS_CERT and BORESCOPE_TLS_KEY go together: set both or neither');
  }
  if (settings.trustedProxies !== undefined && !settings.tlsTerminated) {
    throw new SettingsError(
      'BORESCOPE_TRUSTED_PROXIES: only with BORESCOPE_TLS_TERMINATED=true, which declares a proxy',
    );
  }
  if (!isLoopback(settings.host) && settings.tlsCert === undefined && !settings.tlsTerminated) {
    throw new SettingsError(
      `BORESCOPE_HOST: ${settings.host} is not loopback and there is no TLS: set BORESCOPE_TLS_CERT and ` +
        'BORESCOPE_TLS_KEY, or BORESCOPE_TLS_TERMINATED=true behind a proxy that terminates TLS',
    );
  }
}
