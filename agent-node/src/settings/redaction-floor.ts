/**
 * What the process itself insists on, whatever its broker says. `standard`: at least the built-in rules, without
 * exceptions; `strict`: that mode. `policy`: what the broker's policy says goes.
 */
export const REDACTION_FLOORS = ['policy', 'standard', 'strict'] as const;
export type RedactionFloor = (typeof REDACTION_FLOORS)[number];
