/**
 * The protocol version, one integer. A broker speaks its own version N and N-1, an agent its own and the one before, so
 * that either side may be upgraded first. Within a version fields may be added (a receiver ignores those that it does
 * not know); a new frame type, a removed field or a changed meaning is a new version.
 */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** The highest version that both sides speak, or undefined where there is none. */
export function negotiate(
  offered: { min: number; max: number },
  own: { min: number; max: number } = PROTOCOL,
): number | undefined {
  const highest = Math.min(offered.max, own.max);
  return highest >= Math.max(offered.min, own.min) ? highest : undefined;
}

/** WebSocket close codes (RFC 6455 section 7.4.2 leaves 4000 to 4999 to applications). */
export const CLOSE = {
  /** No common protocol version. Retrying is pointless until one side is upgraded: wait long. */
  unsupportedVersion: 4000,
  /** A frame that is not JSON, of an unknown type, or against its schema. */
  badFrame: 4001,
  /** A frame that may not come at this point, such as a hit before hello. */
  outOfOrder: 4002,
  /** The same runtime attached again elsewhere; this connection is the older one. */
  superseded: 4003,
  /** The token was revoked or has expired. */
  unauthorized: 4004,
  /** The agent did not read fast enough. */
  tooSlow: 4005,
} as const;
