/**
 * Every limit of the product, once. Everything else quotes this file: tool schemas, frames, the agent's budgets, docs.
 * Beyond a limit stands an error that names it (`LIMIT_EXCEEDED`), never a silent clamp.
 */
export const LIMITS = {
  /** Hits of one action, over all its runtimes together. */
  maxHits: 50,
  defaultHits: 1,
  /** Nesting levels of a captured object whose contents are shown; an expression starts its own count. */
  depth: 3,
  /** Seconds that a probe may live. */
  maxTimeoutSeconds: 600,
  defaultTimeoutSeconds: 60,
  expressions: 10,
  /** UTF-16 code units of one expression, condition included. */
  expressionLength: 1024,
  /** UTF-16 code units of a captured string; the full length is told. */
  stringLength: 1024,
  /** Items of an array, a set, a map; the full count is told. */
  collectionItems: 100,
  /** Properties of an object; the full count is told. */
  objectProperties: 50,
  /** Bytes of UTF-8 JSON of one hit on the wire, after trimming. */
  hitBytes: 64 * 1024,
  stackFrames: 20,
  /** UTF-16 code units of a name of a variable or a function, of a path, of a problem's message and of its hint. */
  nameLength: 1024,
  pathLength: 4096,
  messageLength: 4096,
  /** UTF-16 code units of why an expression or a condition failed. */
  errorLength: 1024,
  /** Kinds of what is hidden that one hit lists. */
  hiddenKinds: 256,
  /** Bytes of one WebSocket frame, either way. */
  frameBytes: 1024 * 1024,
  /** Arrays and objects inside each other in one frame; a hit at the full depth needs about 20. */
  frameNesting: 64,
  /** Percent of one core that an action may cost a runtime; all its actions together too: the agent has them share. */
  maxOverheadPercent: 20,
  defaultOverheadPercent: 1,
  /** Live actions of one runtime; a welcome frame lists them all, so this bounds that frame too. */
  liveActionsPerRuntime: 200,
  /** Runtimes of one action or inspection: its placements are written and told in one step, while others wait. */
  runtimesPerAction: 1000,
  /** Patterns of each kind (files, packages, classes) that a policy may block. */
  blockedPatterns: 1000,
  /** UTF-16 code units of one of them. */
  blockedPatternLength: 256,
  /** Bytes of UTF-8 of all patterns of a policy: a welcome frame tells them beside the live actions. */
  blockedBytes: 256 * 1024,
  /** Key names of an organization's own, and names that it excepts, each; UTF-16 code units of one. */
  policyNames: 1000,
  policyNameLength: 256,
  /** Texts that an organization hides wherever they stand, and texts that it excepts, each. */
  policyLiterals: 200,
  /** UTF-16 code units of one of them. A shorter one would stand in too many words. */
  policyLiteralMinLength: 4,
  policyLiteralLength: 256,
  /** Bytes of UTF-8 of all that a policy says of redaction to agents. */
  policyRedactionBytes: 64 * 1024,
  /** RE2 patterns of an organization's own; UTF-16 code units of one. */
  policyPatterns: 50,
  policyPatternLength: 512,
} as const;
