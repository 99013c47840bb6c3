import { type Blocked, isLoopback, parsePins } from '@borescope/agent-protocol';
import type { OwnLimits } from '../allowance/allowance.ts';
import type { AttachOptions } from '../api.ts';
import { readBlocked } from './blocked.ts';
import { readOwnLimits } from './own-limits.ts';
import { REDACTION_FLOORS, type RedactionFloor } from './redaction-floor.ts';

/** Plain data: it is cloned to the worker. */
export interface Settings {
  readonly url: string;
  readonly token: string;
  /** File with the authorities that the broker's certificate may come from, PEM; null where Node's own count. */
  readonly ca: string | null;
  /** `sha256/...`, of which the key of its certificate must be one; empty where any may be. */
  readonly pins: readonly string[];
  readonly service: string | null;
  readonly version: string | null;
  readonly environment: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Leave V8's baseline compiler on: no steady cost, but arming a hot function then walks the heap. */
  readonly keepSparkplug: boolean;
  /** Switch the debugger on at the start, so that the first action does not pay for it. */
  readonly eager: boolean;
  /** What is never looked at, whatever a broker says. */
  readonly blocked: Blocked;
  /** What is hidden at least, whatever a broker says. */
  readonly redaction: RedactionFloor;
  readonly limits: OwnLimits;
}

export type ReadSettings = { ok: true; settings: Settings } | { ok: false; reason: string };

const DEFAULT_URL = 'ws://127.0.0.1:7373/agent/v1';
const MAX_TAGS = 64;
const MAX_TAG_KEY = 128;
const MAX_TEXT = 256;

/** Pure. `reason` names the setting and never quotes a token. */
export function readSettings(options: AttachOptions, environment: NodeJS.ProcessEnv): ReadSettings {
  const url = options.url ?? given(environment['BORESCOPE_URL']) ?? DEFAULT_URL;
  const token = options.token ?? given(environment['BORESCOPE_TOKEN']);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || (parsed.protocol !== 'ws:' && parsed.protocol !== 'wss:')) {
    return { ok: false, reason: 'BORESCOPE_URL is not a ws: or wss: URL, such as ws://127.0.0.1:7373/agent/v1' };
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') {
    return { ok: false, reason: 'BORESCOPE_URL must hold no credentials and no fragment' };
  }
  const plaintext = readFlag(environment['BORESCOPE_AGENT_PLAINTEXT']);
  if (plaintext === undefined) return { ok: false, reason: 'BORESCOPE_AGENT_PLAINTEXT must be 0 or 1' };
  if (parsed.protocol === 'ws:' && !isLoopback(parsed.hostname) && !plaintext) {
    return {
      ok: false,
      reason:
        'BORESCOPE_URL is ws: beyond loopback, which would send the token and what is captured in the clear: ' +
        'use wss:, or set BORESCOPE_AGENT_PLAINTEXT=1 inside a network that you trust',
    };
  }
  const trust = readTrust(options, environment, parsed.protocol);
  if (typeof trust === 'string') return { ok: false, reason: trust };
  if (token === undefined) return { ok: false, reason: 'BORESCOPE_TOKEN is not set' };
  if (!/^bore_agt_[\x21-\x7e]+$/.test(token)) {
    return { ok: false, reason: 'BORESCOPE_TOKEN is not an agent token (those start with bore_agt_)' };
  }
  const tags = options.tags ?? readTags(given(environment['BORESCOPE_TAGS']) ?? '');
  const badTags = tags === undefined ? 'BORESCOPE_TAGS must read k=v,k=v' : refuseTags(tags);
  if (badTags !== undefined || tags === undefined) return { ok: false, reason: badTags ?? '' };
  const texts = {
    service: options.service ?? given(environment['BORESCOPE_SERVICE']) ?? null,
    version: options.version ?? given(environment['BORESCOPE_SERVICE_VERSION']) ?? null,
    environment: options.environment ?? given(environment['BORESCOPE_ENVIRONMENT']) ?? null,
  };
  for (const [name, text] of Object.entries(texts)) {
    if (text === null) continue;
    if (text === '' || text.length > MAX_TEXT)
      return { ok: false, reason: `${name} must have 1 to ${MAX_TEXT} characters` };
  }
  const keepSparkplug = readFlag(environment['BORESCOPE_KEEP_SPARKPLUG']);
  const eager = readFlag(environment['BORESCOPE_EAGER']);
  if (keepSparkplug === undefined) return { ok: false, reason: 'BORESCOPE_KEEP_SPARKPLUG must be 0 or 1' };
  if (eager === undefined) return { ok: false, reason: 'BORESCOPE_EAGER must be 0 or 1' };
  const redaction = options.redaction ?? given(environment['BORESCOPE_REDACTION']) ?? 'policy';
  if (!isFloor(redaction)) {
    return { ok: false, reason: `BORESCOPE_REDACTION must be ${REDACTION_FLOORS.join(', ')}` };
  }
  const own = readBlocked(options.blocked, environment);
  if (!own.ok) return own;
  const most = readOwnLimits(environment);
  if (!most.ok) return most;
  return {
    ok: true,
    settings: {
      url,
      token,
      ...trust,
      ...texts,
      tags,
      keepSparkplug,
      eager,
      redaction,
      blocked: own.blocked,
      limits: most.limits,
    },
  };
}

/** What the broker's certificate has to be, or what is wrong with the settings that say it. */
function readTrust(options: AttachOptions, environment: NodeJS.ProcessEnv, protocol: string) {
  const ca = options.ca ?? given(environment['BORESCOPE_CA']) ?? null;
  const pin = options.pin ?? given(environment['BORESCOPE_PIN']) ?? null;
  if ((ca !== null || pin !== null) && protocol !== 'wss:') {
    return 'BORESCOPE_CA and BORESCOPE_PIN need a wss: URL in BORESCOPE_URL: without TLS there is no certificate to check';
  }
  const pins = pin === null ? [] : parsePins(pin);
  if (pins === undefined)
    return 'BORESCOPE_PIN must read sha256/BASE64,sha256/BASE64: at most 10, as borescope serve prints it';
  return { ca, pins };
}

function isFloor(text: string): text is RedactionFloor {
  return REDACTION_FLOORS.some((floor) => floor === text);
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

function readFlag(text: string | undefined): boolean | undefined {
  if (text === undefined || text === '' || text === '0') return false;
  return text === '1' ? true : undefined;
}

function readTags(text: string): Record<string, string> | undefined {
  const tags: Record<string, string> = {};
  for (const part of text.split(',')) {
    const pair = part.trim();
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    if (equals < 1) return undefined;
    tags[pair.slice(0, equals).trim()] = pair.slice(equals + 1).trim();
  }
  return tags;
}

function refuseTags(tags: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(tags);
  if (entries.length > MAX_TAGS) return `at most ${MAX_TAGS} tags`;
  for (const [key, value] of entries) {
    if (key === '' || key.length > MAX_TAG_KEY) return `the name of a tag must have 1 to ${MAX_TAG_KEY} characters`;
    if (typeof value !== 'string' || value.length > MAX_TEXT)
      return `the value of a tag has at most ${MAX_TEXT} characters`;
  }
  return undefined;
}
