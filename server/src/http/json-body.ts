import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.ts';

/** Levels of arrays and objects in a body. Tool arguments have five; what reads deeper ones recursively may run out of stack. */
const DEEPEST = 32;

/**
 * JSON is the only body that the broker reads by itself: `text/plain`, which Fastify would take too, is what a page of
 * another site may send without being asked about it. Keys that would become a prototype are refused.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (isDeep(String(body))) {
      const message = `the JSON of the body is nested more than ${DEEPEST} levels deep`;
      done(new HttpError('BAD_REQUEST', message, 'No request to the broker needs so many.'));
    } else parse(request, String(body), done);
  });
}

/** Looks at the text before it is parsed: brackets outside of strings. */
function isDeep(json: string): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') at = endOfString(json, at);
    else if (character === '[' || character === '{') {
      depth++;
      if (depth > DEEPEST) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}

/** Where the string that begins at `from` has its last quote; the end of the text where it has none. */
function endOfString(json: string, from: number): number {
  for (let at = from + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at;
  }
  return json.length;
}
