/**
 * The names of the built-in functions that may be called: what the parser refuses a call by, and says instead. Beside
 * these, a call is judged by the identity of the function when it is evaluated.
 */

/** On a value of their kind. */
export const METHODS = {
  text: words(
    'at charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf padEnd padStart repeat slice split ' +
      'startsWith substring toLowerCase toString toUpperCase trim trimEnd trimStart valueOf',
  ),
  array: words(
    'at concat every filter find findIndex findLast findLastIndex flat flatMap includes indexOf join lastIndexOf map ' +
      'reduce slice some',
  ),
  map: words('get has'),
  set: words('has'),
  number: words('toFixed toPrecision toString valueOf'),
  bigint: words('toString'),
  date: words(
    'getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset ' +
      'getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds ' +
      'toISOString toJSON valueOf',
  ),
  object: words('hasOwnProperty'),
} as const;

/** On arrays, maps and sets, where what they give is spread at once: an iterator has a state, and is no value here. */
export const ITERATORS = words('entries keys values');

/** Without `Math.random`, which has a state, and what takes an iterable. */
export const STATICS: Readonly<Record<string, readonly string[]>> = {
  Array: words('from isArray'),
  Date: words('now parse'),
  JSON: words('stringify'),
  Math: words(
    'abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 ' +
      'log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc',
  ),
  Number: words('isFinite isInteger isNaN isSafeInteger parseFloat parseInt'),
  Object: words('entries hasOwn keys values'),
};

/** By their bare name. */
export const FUNCTIONS = words('BigInt Boolean Number String isFinite isNaN parseFloat parseInt');

/** The methods whose first argument may be an arrow function. `Array.from` takes one as its second. */
export const WITH_CALLBACK = words('every filter find findIndex findLast findLastIndex flatMap map reduce some');

/** Not the rest of the parameters that JavaScript has: what no expression of a line needs. */
export const MAX_PARAMETERS = 4;

function words(text: string): readonly string[] {
  return text.split(' ');
}
