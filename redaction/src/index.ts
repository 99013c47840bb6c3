export { type Blocked, type Blocklist, createBlocklist } from './blocked/blocklist.ts';
export { BLOCKED_CLASS, createClassMatcher } from './blocked/class-matcher.ts';
export { patternFault } from './blocked/pattern-fault.ts';
export { createRedactor, TEXT_LIMIT, TEXT_LOOKAHEAD, UNEXAMINED } from './create-redactor.ts';
export { isCount } from './names/name-terms.ts';
export type * from './redactor.ts';
export type { Rule } from './rule.ts';
export { RULES } from './rules/table.ts';
