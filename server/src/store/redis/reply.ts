/** What Redis answers is read here, once: a reply of another shape is a fault of ours. */
export type Reply = readonly (string | null)[];

/** Text, number or nothing, as a script returns it, as texts. */
export function toReply(value: unknown): Reply {
  if (!Array.isArray(value)) throw new TypeError('Redis answered something else than a list');
  return value.map((item: unknown) => (item === null || item === undefined ? null : String(item)));
}

export function toReplies(value: unknown): Reply[] {
  if (!Array.isArray(value)) throw new TypeError('Redis answered something else than a list');
  return value.map(toReply);
}

/** The fields of a hash. */
export function toFields(reply: Reply): Map<string, string> {
  const fields = new Map<string, string>();
  for (let n = 0; n + 1 < reply.length; n += 2) {
    const [name, value] = [reply[n], reply[n + 1]];
    if (typeof name === 'string' && typeof value === 'string') fields.set(name, value);
  }
  return fields;
}

/** JSON that this store wrote itself. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export function toNumber(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}
