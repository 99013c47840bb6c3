/**
 * A regular expression of Go (RE2) as one of JavaScript; undefined where V8 takes it not. What differs in the rules of
 * gitleaks: flags in the middle of a pattern, names of groups, `\z`, classes of POSIX.
 */
export function fromGo(pattern: string): RegExp | undefined {
  const plain = pattern.replaceAll('(?P<', '(?<').replaceAll('\\z', '$').replaceAll('[:alnum:]', 'a-zA-Z0-9');
  const isInsensitive = plain.startsWith('(?i)');
  const rest = isInsensitive ? plain.slice('(?i)'.length) : plain;
  try {
    // As a flag where it holds for all of the pattern: V8 is fastest with that.
    return /\(\?[is-]+[:)]/.test(rest)
      ? new RegExp(unfolded(plain), 'g')
      : new RegExp(rest, isInsensitive ? 'gi' : 'g');
  } catch {
    return undefined;
  }
}

/** V8 of Node 20 knows no flags within a pattern: letters under `i` become classes of both, a dot under `s` any character. */
function unfolded(pattern: string): string {
  const scopes = [{ i: false, s: false }];
  let inClass = false;
  let out = '';
  for (let at = 0; at < pattern.length; at++) {
    const scope = scopes.at(-1) ?? { i: false, s: false };
    const char = pattern.charAt(at);
    const flags = inClass ? null : /^\(\?([is]*)(-?)([is]*)([:)])/.exec(pattern.slice(at));
    if (char === '\\') {
      out += pattern.slice(at, at + 2);
      at++;
    } else if (flags !== null && flags[0] !== '(?:') {
      const [whole, on = '', , off = '', end] = flags;
      const inner = {
        i: (scope.i || on.includes('i')) && !off.includes('i'),
        s: (scope.s || on.includes('s')) && !off.includes('s'),
      };
      // Up to the end of the group around it, or for a group of its own.
      if (end === ')') scopes[scopes.length - 1] = inner;
      else {
        scopes.push(inner);
        out += '(?:';
      }
      at += whole.length - 1;
    } else if (inClass) {
      const range = /^([a-z]-[a-z]|[A-Z]-[A-Z]|[A-Za-z])/.exec(pattern.slice(at))?.[0];
      if (char === ']') inClass = false;
      out += range !== undefined && scope.i ? bothCases(range) : (range ?? char);
      at += (range?.length ?? 1) - 1;
    } else if (char === '[') {
      inClass = true;
      const start = /^\[\^?\]?/.exec(pattern.slice(at))?.[0] ?? char;
      out += start;
      at += start.length - 1;
    } else if (char === '(') {
      scopes.push({ ...scope });
      const start = /^\((\?(:|<[A-Za-z]\w*>))?/.exec(pattern.slice(at))?.[0] ?? char;
      out += start;
      at += start.length - 1;
    } else if (char === ')') {
      scopes.pop();
      out += char;
    } else if (scope.i && /[A-Za-z]/.test(char)) out += `[${bothCases(char)}]`;
    else out += scope.s && char === '.' ? '[\\s\\S]' : char;
  }
  return out;
}

function bothCases(letters: string): string {
  return `${letters.toLowerCase()}${letters.toUpperCase()}`;
}
