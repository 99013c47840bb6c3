import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';

/** The names of a document; `kind` holds no colon. */
const DOCUMENT_LUA = `${KEYS_LUA}

local function remove(kind, id)
  redis.call('UNLINK', at.document .. kind .. ':' .. id)
  redis.call('ZREM', at.documents .. kind, id)
  redis.call('ZREM', at.expiring, kind .. ':' .. id)
end
`;

/**
 * Writes a document, if the version that is there is the expected one. One step, because another may be about to do so. What
 * lists documents expires with the last of them, unless one has no end.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 kind, 2 id, 3 value, 4 its end ('' for none), 5 the expected version ('' for any), 6 the next one
 * Answer 1 where it was written, 0 where another version is there, -1 where it has an end and the organization is not known
 */
export const PUT_DOCUMENT = script(
  'writes',
  DOCUMENT_LUA,
  `
local kind, id, ends = ARGV[1], ARGV[2], ARGV[4]
local key, list = at.document .. kind .. ':' .. id, at.documents .. kind
if ARGV[5] ~= '' and (redis.call('HGET', key, 'version') or '0') ~= ARGV[5] then return 0 end
if ends ~= '' and redis.call('EXISTS', at.known) == 0 then return -1 end

local function keep(listing, member, score)
  local isNew = redis.call('EXISTS', listing) == 0
  redis.call('ZADD', listing, score, member)
  if isNew then redis.call('PEXPIREAT', listing, ends) else redis.call('PEXPIREAT', listing, ends, 'GT') end
end

redis.call('DEL', key)
redis.call('HSET', key, 'value', ARGV[3], 'version', ARGV[6])
if ends == '' then
  redis.call('ZADD', list, 0, id)
  redis.call('PERSIST', list)
  redis.call('ZREM', at.expiring, kind .. ':' .. id)
else
  keep(list, id, 0)
  keep(at.expiring, kind .. ':' .. id, ends)
  redis.call('HSET', key, 'expiresAt', ends)
  redis.call('PEXPIREAT', key, ends)
end
return 1`,
);

/**
 * Removes a document. One step, because its version may change.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 kind, 2 id, 3 the expected version ('' for any)
 * Answer 1, or 0 where there is none or another version
 */
export const REMOVE_DOCUMENT = script(
  'ends',
  DOCUMENT_LUA,
  `
local version = redis.call('HGET', at.document .. ARGV[1] .. ':' .. ARGV[2], 'version')
if not version or (ARGV[3] ~= '' and version ~= ARGV[3]) then return 0 end
remove(ARGV[1], ARGV[2])
return 1`,
);

/**
 * Some documents of a kind as they were at one moment, in the order of their ids.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 kind, 2 where to begin, as ZRANGE BYLEX has it, 3 most
 * Answer for each that is listed {id, value, version, expiresAt}, with nothing behind the id of one that has expired
 */
export const READ_DOCUMENTS = script(
  'reads',
  KEYS_LUA,
  `
local rows = {}
for n, id in ipairs(redis.call('ZRANGE', at.documents .. ARGV[1], ARGV[2], '+', 'BYLEX', 'LIMIT', 0, ARGV[3])) do
  local found = redis.call('HMGET', at.document .. ARGV[1] .. ':' .. id, 'value', 'version', 'expiresAt')
  rows[n] = { id, found[1], found[2], found[3] }
end
return rows`,
);

/**
 * Forgets documents whose end was before a time. One step, because one may be written anew.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 the time, 2 most documents
 * Answer how many
 */
export const EXPIRE_DOCUMENTS = script(
  'ends',
  DOCUMENT_LUA,
  `
local members = redis.call('ZRANGEBYSCORE', at.expiring, '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(members) do
  local colon = string.find(member, ':', 1, true)
  remove(string.sub(member, 1, colon - 1), string.sub(member, colon + 1))
end
return #members`,
);
