// Regular expressions as Python writes them, found as Python finds them: what JavaScript says otherwise is written anew.

/** A pattern is none of Python's, or says what JavaScript has no words for. The message follows on "tokenPattern …". */
export class TokenPatternError extends Error {
  override name = 'TokenPatternError'
}

/** What `\w`, `\d` and `\s` stand for, as it stands between square brackets. */
interface Classes {
  w: string
  d: string
  s: string
}

/** Python's `\w` is what `str.isalnum` says, and `_`; its `\s` knows the separators U+001C to U+001F, and no U+FEFF. */
const UNICODE: Classes = {
  w: '\\p{L}\\p{N}_',
  d: '\\p{Nd}',
  s: '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
}
const ASCII: Classes = { w: 'A-Za-z0-9_', d: '0-9', s: '\\t-\\r\\x20' }

/** Python's white space, as `str.split` and `\s` know it, between square brackets. */
export const WHITE_SPACE = UNICODE.s

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const PASSED = /^\(\?(?:[:=!]|<[=!]|-?i:)/
const QUANTIFIER = /^(?:[*+?]|\{(?=[\d,])(\d*)(,?)(\d*)\})(\?|\+)?/

/**
 * What finds the words of a text, as `re.compile(pattern).findall` does: whole matches, or what the pattern's one group holds.
 * Groups within repetitions keep what the last round found, where Python keeps what any did.
 * @throws {TokenPatternError} for a pattern that Python does not know, of two groups or more, or of what only Python has
 * @example findsOf('#(\\w+)')('a #tag') // ['tag']
 */
export function findsOf(pattern: string): (text: string) => string[] {
  const flags = /^\(\?([A-Za-z]+)\)/.exec(pattern)
  const own = flags?.[1] ?? ''
  for (const flag of own)
    if (!'aimsu'.includes(flag))
      throw new TokenPatternError(`begins with the flag ${flag}, and those known here are a, i, m, s, u`)
  const { source, groups } = translated(pattern.slice(flags?.[0].length ?? 0), own)
  if (groups > 1)
    throw new TokenPatternError(
      `has ${groups} groups, and one at most may give the word: write those that only hold together as (?:…)`,
    )
  let found: RegExp
  try {
    found = new RegExp(source, own.includes('i') ? 'giv' : 'gv')
  } catch (error) {
    const { message } = error as Error
    throw new TokenPatternError(`is no regular expression: ${message.slice(message.lastIndexOf(': ') + 2)}`, {
      cause: error,
    })
  }
  if (groups === 0) return (text) => text.match(found) ?? []
  return (text) => Array.from(text.matchAll(found), (match) => match[1] ?? '')
}

/** Python's pattern as JavaScript's with the flag `v`, and how many groups it has. */
function translated(pattern: string, flags: string): { source: string; groups: number } {
  const classes = flags.includes('a') ? ASCII : UNICODE
  const lines = flags.includes('m')
  let groups = 0
  let source = ''
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at)
    const letter = String.fromCodePoint(rest.codePointAt(0) as number)
    let read = letter.length
    const quantifier = QUANTIFIER.exec(rest)
    if (quantifier) {
      const [all, least, comma, most, kind] = quantifier
      if (kind === '+')
        throw new TokenPatternError(`repeats by ${all}, without giving back: JavaScript cannot`)
      source += least === undefined ? all : `{${least || 0}${comma}${most}}${kind ?? ''}`
      read = all.length
    } else if (letter === '\\') {
      const [made, length] = escaped(rest, classes)
      source += made
      read = length
    } else if (letter === '[') {
      const [made, length] = bracketed(rest, classes)
      source += made
      read = length
    } else if (letter === '(') {
      const [made, length, isGroup] = opened(rest)
      source += made
      read = length
      if (isGroup) groups++
    } else if (letter === ')' || letter === '|') source += letter
    else if (letter === '.') source += flags.includes('s') ? '[^]' : '[^\\n]'
    else if (letter === '^') source += lines ? '(?:^|(?<=\\n))' : '^'
    else if (letter === '$') source += lines ? '(?=\\n|$)' : '(?=\\n?$)'
    else source += literal(letter)
    at += read
  }
  return { source, groups }
}

/** How a group begins: as JavaScript writes it, how long it was, and whether it gives what it holds. */
function opened(rest: string): [made: string, length: number, isGroup: boolean] {
  if (!rest.startsWith('(?')) return ['(', 1, true]
  const passed = PASSED.exec(rest)
  if (passed) return [passed[0], passed[0].length, false]
  const named = /^\(\?P<(\w+)>/.exec(rest)
  if (named) return [`(?<${named[1]}>`, named[0].length, true]
  const again = /^\(\?P=(\w+)\)/.exec(rest)
  if (again) return [`\\k<${again[1]}>`, again[0].length, false]
  const comment = /^\(\?#[^)]*\)/.exec(rest)
  if (comment) return ['(?:)', comment[0].length, false]
  throw new TokenPatternError(
    `has a group that begins ${rest.slice(0, 4)}, which is not known here: (…), (?:…), (?P<name>…), (?=…), (?!…), (?<=…), (?<!…) and (?i:…) are`,
  )
}

/** What begins with a backslash outside of brackets. */
function escaped(rest: string, { w, d, s }: Classes): [made: string, length: number] {
  const letter = rest[1]
  switch (letter) {
    case 'b':
      return [`(?:(?<=[${w}])(?![${w}])|(?<![${w}])(?=[${w}]))`, 2]
    case 'B':
      return [`(?:(?<=[${w}])(?=[${w}])|(?<![${w}])(?![${w}]))`, 2]
    case 'A':
      return ['^', 2]
    case 'Z':
      return ['$', 2]
  }
  const set = setOf(letter, { w, d, s })
  if (set) return [`[${set}]`, 2]
  const group = /^\\([1-9]\d?)/.exec(rest)
  if (group && !/^\\[0-3][0-7]{2}/.test(rest)) return [`(?:\\${group[1]})`, group[0].length]
  const [code, length] = escapedCode(rest)
  return [literal(String.fromCodePoint(code)), length]
}

/** The letters that a class of letters has, as they stand between brackets; undefined for what is none. */
function setOf(letter: string | undefined, { w, d, s }: Classes): string | undefined {
  switch (letter) {
    case 'w':
      return w
    case 'd':
      return d
    case 's':
      return s
    case 'W':
      return `[^${w}]`
    case 'D':
      return `[^${d}]`
    case 'S':
      return `[^${s}]`
  }
  return undefined
}

/** Which character an escape stands for. */
function escapedCode(rest: string): [code: number, length: number] {
  const hex = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U(00(?:0[\da-fA-F]|10)[\da-fA-F]{4}))/.exec(rest)
  if (hex) return [Number.parseInt(hex[1] ?? hex[2] ?? hex[3], 16), hex[0].length]
  const octal = /^\\(0[0-7]{0,2}|[1-3][0-7]{2})/.exec(rest)
  if (octal) return [Number.parseInt(octal[1], 8), octal[0].length]
  const letter = rest[1]
  if (letter === undefined) throw new TokenPatternError('ends with a single backslash')
  if (CONTROLS[letter] !== undefined) return [CONTROLS[letter], 2]
  if (/[A-Za-z0-9]/.test(letter)) throw new TokenPatternError(`has \\${letter}, which Python does not know`)
  const code = rest.codePointAt(1) as number
  return [code, code > 0xffff ? 3 : 2]
}

/** Letters between square brackets. */
function bracketed(rest: string, classes: Classes): [made: string, length: number] {
  let at = rest[1] === '^' ? 2 : 1
  const first = at
  let made = rest.slice(0, first)
  /** One letter as its code, or a class of letters as text. */
  const next = (): number | string => {
    if (rest[at] === '\\') {
      const set = setOf(rest[at + 1], classes)
      const [code, length] =
        set !== undefined ? [0, 2] : rest[at + 1] === 'b' ? [8, 2] : escapedCode(rest.slice(at))
      at += length
      return set ?? code
    }
    const code = rest.codePointAt(at) as number
    at += code > 0xffff ? 2 : 1
    return code
  }
  while (rest[at] !== ']' || at === first) {
    if (at >= rest.length) throw new TokenPatternError('has a [ that no ] ends')
    const from = next()
    if (rest[at] !== '-' || rest[at + 1] === ']' || at + 1 >= rest.length) {
      made += inBrackets(from)
      continue
    }
    const begun = at
    at++
    const to = next()
    if (typeof from === 'string' || typeof to === 'string' || to < from)
      throw new TokenPatternError(
        `has the range ${rest.slice(begun - 1, at)}, which is none from low to high`,
      )
    made += `${inBrackets(from)}-${inBrackets(to)}`
  }
  return [`${made}]`, at + 1]
}

const inBrackets = (part: number | string): string =>
  typeof part === 'string' ? part : `\\u{${part.toString(16)}}`

const literal = (letter: string): string =>
  /^[A-Za-z0-9_]$/.test(letter) ? letter : `\\u{${(letter.codePointAt(0) as number).toString(16)}}`
