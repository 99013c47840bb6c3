const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether arrays and objects stand more than `limit` deep in a JSON text. Reads the text, not the parsed value, and
 * keeps no stack, so that hostile depth is refused before anything recurses into it.
 */
export function isNestedBeyond(json: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    if (inString) {
      if (unit === BACKSLASH) at += 1;
      else if (unit === QUOTE) inString = false;
    } else if (unit === QUOTE) inString = true;
    else if (unit === 0x5b || unit === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (unit === 0x5d || unit === 0x7d) depth -= 1;
  }
  return false;
}
