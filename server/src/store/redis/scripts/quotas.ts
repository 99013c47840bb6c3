import { ROUNDING } from '../../quota-needs.ts';
import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';

/** What is missing of a bucket; it is full where nothing is known of it. The time goes back for nobody. */
const BUCKET_LUA = `${KEYS_LUA}

local function missingOf(found, perSecond, now)
  if not found[1] then return 0 end
  return math.max(0, tonumber(found[1]) - math.max(0, now - tonumber(found[2])) / 1000 * perSecond)
end
`;

/**
 * Takes of several counters, all or nothing. One step, because brokers race for the last of each. The reckoning is that of
 * `meetNeeds`: each need stands behind those before it.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 now, 2 milliseconds that a counter is kept longer than it says anything; then five for each need:
 *        'window', LENGTH:START:NAME, amount, limit, its end
 *        'bucket', name, amount, limit, how much runs in a second
 *        'lease', name, id, limit, until
 * Answer {} where all was taken; else {index of the need, what is left, when to try again}
 */
export const TAKE_QUOTAS = script(
  'writes',
  BUCKET_LUA,
  `
local now, margin = tonumber(ARGV[1]), tonumber(ARGV[2])
-- What it will be, by key: of a window what is taken, of a bucket what is missing at which time, of leases {id = until}.
local windows, buckets, leases = {}, {}, {}
local meet = {}

function meet.window(name, amount, limit, ends)
  local key = at.window .. name
  local taken = windows[key] and windows[key].taken or tonumber(redis.call('GET', key) or 0)
  if taken + tonumber(amount) > tonumber(limit) then
    return { math.max(0, tonumber(limit) - taken), tonumber(ends) }
  end
  windows[key] = { taken = taken + tonumber(amount), ttl = tonumber(ends) - now }
end

function meet.bucket(name, amount, limit, perSecond)
  local key, rate = at.bucket .. name, tonumber(perSecond)
  local found = buckets[key] or redis.call('HMGET', key, 'missing', 'at')
  local missing = missingOf(found, rate, now)
  local over = missing + tonumber(amount) - tonumber(limit)
  if over > ${ROUNDING} then
    return { math.max(0, math.floor(tonumber(limit) - missing + ${ROUNDING})), now + math.ceil(over / rate * 1000) }
  end
  missing = missing + tonumber(amount)
  buckets[key] = { missing, math.max(now, tonumber(found[2] or now)), ttl = math.ceil(missing / rate * 1000) }
end

function meet.lease(name, id, limit, ends)
  local key, most = at.lease .. name, tonumber(limit)
  local held = leases[key] or { ids = {}, count = redis.call('ZCOUNT', key, '(' .. now, '+inf') }
  leases[key] = held
  local mine = tonumber(held.ids[id] or redis.call('ZSCORE', key, id) or now)
  if mine > now or held.ids[id] then
    held.ids[id] = math.max(mine, tonumber(ends))
    return
  end
  if held.count >= most then
    local all = {}
    local found = redis.call('ZRANGEBYSCORE', key, '(' .. now, '+inf', 'WITHSCORES')
    for n = 1, #found, 2 do
      if not held.ids[found[n]] then all[#all + 1] = tonumber(found[n + 1]) end
    end
    for _, other in pairs(held.ids) do all[#all + 1] = other end
    table.sort(all)
    return { 0, all[held.count - most + 1] or tonumber(ends) }
  end
  held.ids[id] = tonumber(ends)
  held.count = held.count + 1
end

for n = 3, #ARGV, 5 do
  local refused = meet[ARGV[n]](ARGV[n + 1], ARGV[n + 2], ARGV[n + 3], ARGV[n + 4])
  if refused then return { (n - 3) / 5, refused[1], refused[2] } end
end

for key, window in pairs(windows) do
  if window.taken > 0 then
    redis.call('SET', key, string.format('%.0f', window.taken), 'PX', string.format('%.0f', window.ttl + margin))
  end
end
for key, bucket in pairs(buckets) do
  if bucket[1] > 0 then
    redis.call('HSET', key, 'missing', string.format('%.17g', bucket[1]), 'at', string.format('%.0f', bucket[2]))
    redis.call('PEXPIRE', key, string.format('%.0f', bucket.ttl + margin))
  end
end
for key, held in pairs(leases) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  for id, ends in pairs(held.ids) do
    redis.call('ZADD', key, string.format('%.0f', ends), id)
    local ttl = string.format('%.0f', math.max(1, ends - now + margin))
    redis.call('PEXPIRE', key, ttl, 'NX')
    redis.call('PEXPIRE', key, ttl, 'GT')
  end
end
return {}`,
);

/**
 * Gives back what was taken, if all of the leases among it are held. One step, because others take meanwhile, and because two
 * may give back the same.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 now; then three for each: 'window', LENGTH:START:NAME, amount; 'lease', name, id
 * Answer 1, or 0 where a lease is not held
 */
export const GIVE_QUOTAS = script(
  'ends',
  KEYS_LUA,
  `
for n = 2, #ARGV, 3 do
  if ARGV[n] == 'lease' then
    local ends = redis.call('ZSCORE', at.lease .. ARGV[n + 1], ARGV[n + 2])
    if not ends or tonumber(ends) <= tonumber(ARGV[1]) then return 0 end
  end
end
for n = 2, #ARGV, 3 do
  local name, what = ARGV[n + 1], ARGV[n + 2]
  if ARGV[n] == 'lease' then
    redis.call('ZREM', at.lease .. name, what)
  else
    local taken = redis.call('GET', at.window .. name)
    if taken then
      redis.call('SET', at.window .. name, string.format('%.0f', math.max(0, tonumber(taken) - tonumber(what))), 'KEEPTTL')
    end
  end
end
return 1`,
);

/**
 * How much of several counters is used, as it was at one moment.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 now; then three for each: 'window', LENGTH:START:NAME, ''; 'bucket', name, how much runs in a second; 'lease', name, ''
 * Answer for each how much
 */
export const USED_QUOTAS = script(
  'reads',
  BUCKET_LUA,
  `
local now, used = tonumber(ARGV[1]), {}
for n = 2, #ARGV, 3 do
  local kind, name = ARGV[n], ARGV[n + 1]
  if kind == 'window' then
    used[#used + 1] = tonumber(redis.call('GET', at.window .. name) or 0)
  elseif kind == 'lease' then
    used[#used + 1] = redis.call('ZCOUNT', at.lease .. name, '(' .. now, '+inf')
  else
    local found = redis.call('HMGET', at.bucket .. name, 'missing', 'at')
    used[#used + 1] = math.ceil(missingOf(found, tonumber(ARGV[n + 2]), now) - ${ROUNDING})
  end
end
return used`,
);
