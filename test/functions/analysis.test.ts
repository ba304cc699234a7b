// What the analysis finds in small modules, written as one line a function.

import assert from 'node:assert/strict'
import test from 'node:test'
import { analyse } from '../../runtime/functions/analysis/analyse.ts'
import { codeFrame, lineColumn } from '../../runtime/functions/analysis/sourceText.ts'

/** `name: captured values / closed declarations / imports`, a class's values that are needed at once with a `!`. */
function facts(source: string, format: 'module' | 'commonjs' = 'module'): string[] {
  return analyse('/p/a.ts', source, { format }).units.map((unit) => {
    const values = unit.captureNames.map((name, i) => (i < unit.eagerCount ? `${name}!` : name))
    const closed = unit.closedDependencies.map((binding) => binding.name)
    const imports = unit.imports.map((binding) => binding.name)
    return `${unit.name ?? '?'}: ${[values, closed, imports].map((names) => names.join(' ') || '-').join(' / ')}`
  })
}

const closedNames = (source: string): string[] =>
  [...analyse('/p/a.ts', source).closed].map((one) => one.name).sort()

test('values, closed declarations and imports are told apart', () => {
  const source = `import { x } from 'x'
const k = await f()
const ten = 10
const g = (a: number) => a + k + ten + x
function h() { return g(1) + undefined }`
  assert.deepEqual(facts(source), ['g: k / ten / x', 'h: g / - / -'])
})

test('shadowed, type-only and global names are no captures', () => {
  const source = `import type { T } from 't'
let v = 1
const f = (v: T): T => { const w = v as T; return Math.max(w as never, parseInt('1')) as never }
const g = () => { try { throw 1 } catch (v) { return v } }
const h = () => { for (const v of []) { v } { let v; v } var u = () => v; return u }`
  assert.deepEqual(facts(source), ['f: - / - / -', 'g: - / - / -', 'h: v / - / -', 'u: v / - / -'])
})

test('names in default values, patterns and computed keys count', () => {
  const source = `const d = await 0, e = await 0, k = await 0
const f = ({ [k]: a = d }, [b] = e) => a`
  assert.deepEqual(facts(source), ['f: k d e / - / -'])
})

test('what a class needs while it is defined comes first', () => {
  const source = `const a = await 0, B = await 0, c = await 0
class C extends B { m() { return a } static s = c; f = a }`
  assert.deepEqual(facts(source), ['C: B! c! a / - / -'])
})

test('a function that names itself captures nothing', () => {
  const source =
    'const fib = (n) => n < 2 ? n : fib(n - 1)\nlet loose = () => loose()\nconst own = function me() { return me }'
  assert.deepEqual(facts(source), ['fib: - / - / -', 'loose: loose / - / -', 'me: - / - / -'])
})

test('pure constants are closed, others and what needs them are not', () => {
  const source = `import { promisify } from 'node:util'
const a = /x/, b = new Intl.Collator('en'), c = [1], d = Math.random(), e = Math.sqrt(2), f = \`\${e}\`
const g = /* @__PURE__ */ make(), h = promisify(setTimeout), i = new Map(), j = -1, k = Symbol('s')
enum E { A = 1 } const l = E.A
let m = 1
function usesC() { return c } function usesE() { return e } class K { static z = usesE() }`
  assert.deepEqual(closedNames(source), ['E', 'K', 'a', 'b', 'e', 'f', 'g', 'h', 'j', 'k', 'l', 'usesE'])
})

test('closed declarations that refer to each other in a cycle are one group', () => {
  const source = `const even = (n) => n === 0 || odd(n - 1), odd = (n) => n !== 0 && even(n - 1)
class A { make() { return new B() } } class B extends A {}
const alone = 1`
  const { groups } = analyse('/p/a.ts', source)
  const names = groups.map((group) => group.members.map((member) => member.name).join('+')).sort()
  assert.deepEqual(names, ['A+B', 'alone', 'even+odd'])
})

test('const x = require() is an import in CommonJS; computed and nested requires are not', () => {
  const source = `const a = require('a'), { b, c: d } = require('b')
let e = require('e'); const { f: { g } } = require('f')
const t = () => a + b + d + e + g`
  assert.deepEqual(facts(source, 'commonjs'), ['t: e g / - / a b d'])
  const { imports } = analyse('/p/a.js', source, { format: 'commonjs' })
  assert.deepEqual(
    imports.map((record) =>
      record.names.map(({ local, imported }) => `${record.source}#${imported}=${local}`),
    ),
    [['a#*=a'], ['b#b=b', 'b#c=d']],
  )
})

test('lines and columns count from 1, and the frame marks the place through tabs', () => {
  const source = 'one\n\ttwo x\nthree'
  const at = lineColumn(source, source.indexOf('x'))
  assert.deepEqual(at, { line: 2, column: 6 })
  assert.equal(codeFrame(source, at), '  1 | one\n> 2 | \ttwo x\n    | \t    ^\n  3 | three')
})
