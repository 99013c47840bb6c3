import { LIMITS } from '@borescope/agent-protocol';
import type { GeneratedFile } from './generated-file.ts';

/** What each limit bounds, with its unit; a limit without a line here does not compile. */
const MEANING: Readonly<Record<keyof typeof LIMITS, string>> = {
  maxHits: 'hits of one action, over all its runtimes together',
  defaultHits: 'hits where `max_hits` is not given',
  depth: 'nesting levels of a captured value whose contents are shown; an expression starts its own count',
  maxTimeoutSeconds: 'seconds that a probe may live',
  defaultTimeoutSeconds: 'seconds that it lives where `timeout_seconds` is not given',
  expressions: 'expressions of one action',
  expressionLength: 'characters of one expression or of the condition',
  stringLength: 'characters of a captured string; the full length is told',
  collectionItems: 'items of a captured array, set or map; the full count is told',
  objectProperties: 'properties of a captured object; the full count is told',
  hitBytes: 'bytes of one hit on the wire; what is deep and far is trimmed first, and marked',
  stackFrames: 'frames of a captured stack',
  nameLength: 'characters of the name of a variable or a function',
  pathLength: 'characters of a path',
  messageLength: 'characters of what is said of a problem, and of its hint',
  errorLength: 'characters of why an expression or a condition failed',
  hiddenKinds: 'kinds of what was hidden that one hit lists',
  frameBytes: 'bytes of one WebSocket frame between broker and agent',
  frameNesting: 'arrays and objects inside each other in such a frame',
  maxOverheadPercent:
    'percent of one core that an action may cost a runtime; all its actions together too: beyond it they share',
  defaultOverheadPercent: 'percent where `overhead_percent` is not given',
  liveActionsPerRuntime: 'actions that live on one runtime at a time',
  runtimesPerAction: 'runtimes of one action or of one `inspect_location`',
  blockedPatterns: 'patterns of files, of packages and of classes, each, that a policy may block',
  blockedPatternLength: 'characters of one such pattern',
  blockedBytes: 'bytes of all patterns of a policy together',
  policyNames: 'key names that a policy hides, and that it excepts, each',
  policyNameLength: 'characters of one of them',
  policyLiterals: 'texts that a policy hides, and that it excepts, each',
  policyLiteralMinLength: 'characters that one of them has at least',
  policyLiteralLength: 'characters of one of them at most',
  policyRedactionBytes: 'bytes of these names and texts of a policy together',
  policyPatterns: 'RE2 patterns of a policy',
  policyPatternLength: 'characters of one of them',
};

export function limitsPage(): GeneratedFile {
  const rows = Object.entries(MEANING).map(([name, meaning]) => {
    const value: number = LIMITS[name as keyof typeof LIMITS];
    return `| ${value.toLocaleString('en-US')} | ${meaning} | \`${name}\` |`;
  });
  return {
    path: 'docs/limits.md',
    text: `<!-- Generated from agent-protocol/src/limits.ts by npm run generate. -->

# Limits

Asking for more than a limit is an error that names it (\`LIMIT_EXCEEDED\`); a request is never silently cut down to it.
What is captured is cut at its limits, says that it was, and tells the full size.

| limit | of | name in the code |
|---:|---|---|
${rows.join('\n')}

Characters are UTF-16 code units, as JavaScript counts them.
`,
  };
}
