import { GLOBAL_NAME } from '../application/global-name.ts';

/** Names that are read as they stand; anything else (there is none in JavaScript) is left out. */
const IDENTIFIER = /^(?:this\.#)?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * What V8 evaluates on each pass: it hands a reader of the names to the agent. One `case` a name, so that a name that
 * V8 did not keep, or that is in its dead zone, costs that name only. Brackets around the arrow: V8 compiles it at once
 * instead of twice. No text of a caller ever stands in it: only names that the parser found declared in the script,
 * `this.#total` among them.
 */
export function conditionText(row: number, version: number, names: readonly string[], hasThis: boolean): string {
  const index = freeName(names);
  const cases = names.map((name, at) => (IDENTIFIER.test(name) ? `case ${at}:return ${name};` : ''));
  if (hasThis) cases.push(`case ${names.length}:return this`);
  return `${GLOBAL_NAME}(${row},${version},(${index}=>{switch(${index}){${cases.join('')}}}))`;
}

/** The reader's own parameter, which must hide none of the names. */
function freeName(names: readonly string[]): string {
  let name = '$';
  while (names.includes(name)) name += '$';
  return name;
}

/** The same entry, called in a pause with the objects of the scopes. */
export const PAUSED_CALL = `function(row,self,...scopes){${GLOBAL_NAME}(row,0,null,scopes,self)}`;
