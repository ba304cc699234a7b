// Whether a function looks as if the same arguments gave the same result: a guess from its own text, which `pure` overrides.

const IMPURE = [
  /\bMath\s*\.\s*random\b/,
  /\bDate\s*\.\s*now\b/,
  /\bnew\s+Date\s*(\(\s*\)|[^(\s])/,
  /\bperformance\s*\.\s*now\b/,
  /\bprocess\s*\.\s*(hrtime|pid|memoryUsage|cpuUsage|uptime|stdin)\b/,
  /\bcrypto\s*\.\s*(randomUUID|randomBytes|randomInt|getRandomValues)\b/,
  /\brandom(UUID|Bytes|Int)\s*\(/,
  /\bfetch\s*\(/,
  /\b(fs|fsp|fsPromises)\s*\.\s*\w+/,
  /\b(read|write|append|open|create(Read|Write)|rm|unlink|mkdir|readdir|stat)(File|Stream|Sync|dir)?(Sync)?\s*\(.*(path|file|'|"|`)/i,
]

const known = new WeakMap<object, boolean>()

/** False where the function's own text uses a clock, chance, the network or files. */
export function looksPure(fn: (...args: never[]) => unknown): boolean {
  const before = known.get(fn)
  if (before !== undefined) return before
  const text = Function.prototype.toString.call(fn)
  const pure = !IMPURE.some((pattern) => pattern.test(text))
  known.set(fn, pure)
  return pure
}
