// A program with all that people write: enums, both kinds of decorators, `paths`, extensionless imports, JSON, CommonJS, top-level await.

import assert from 'node:assert/strict'
import test from 'node:test'
import { Workplace } from './runKit.ts'

const PROGRAM = `import { Client } from 'heddle'
import { Colour, Flag, Shapes } from '@lib/kinds'
import { twice } from './src/helpers'
import data from './data.json'
import { Legacy } from './src/legacy'
import { Standard } from './standard/model'
import table, { Point } from 'old-style'

enum Local { One = 1, Two }
abstract class Base { constructor(protected a: number) {} abstract sum(): number }
class Derived extends Base { #b = 5; sum() { return this.a + this.#b } }
const later = await Promise.resolve(7)
const client = await Client.local()
const standard = new Standard()
standard.turns = 40
const derived = new Derived(2)

const checks: Record<string, () => unknown> = {
  enums: () => [Local[2], Local.Two + Colour.Green + Flag.B + Shapes.area(4)],
  paths: () => twice(4) + data.list.length,
  decorators: () => [new Legacy(3).hit(4), standard.go(2)],
  classes: () => derived.sum() + later,
  commonJs: () => table.add(1, new Point(4).twice),
}
for (const [name, check] of Object.entries(checks)) console.log(name, await client.submit(check).result())
`

const FILES = {
  'program.ts': PROGRAM,
  'tsconfig.json': `{ // Comments and trailing commas are fine.
  "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["src/lib/*"] }, "experimentalDecorators": true, },
}`,
  'src/lib/kinds.ts': `export enum Colour { Red = 1, Green = Red << 2 }
export const enum Flag { A = 1, B = 2 }
export namespace Shapes { export const area = (side: number) => side * 3 }
`,
  'src/helpers.ts':
    "import { Colour } from '@lib/kinds'\nexport const twice = (n: number) => n * 2 * Colour.Red\n",
  'src/legacy.ts': `function log(_target: unknown, _name: string, method: PropertyDescriptor) {
  const { value } = method
  method.value = function (...args: unknown[]) { return 'logged ' + value.apply(this, args) }
}
export class Legacy { constructor(private readonly base: number) {} @log hit(n: number) { return this.base + n } }
`,
  'standard/tsconfig.json': '{}',
  'standard/model.ts': `function named(method: Function, context: ClassMethodDecoratorContext) {
  return function (this: unknown, ...args: unknown[]) { return String(context.name) + method.apply(this, args) }
}
export class Standard { accessor turns = 3; @named go(n: number) { return n + this.turns } }
`,
  'data.json': '{ "list": [1, 2, 3] }',
  'node_modules/old-style/package.json': '{ "name": "old-style", "version": "1.0.0", "main": "main.js" }',
  'node_modules/old-style/main.js': `exports.add = (a, b) => a + b
exports.Point = class Point { constructor(x) { this.x = x } get twice() { return this.x * 2 } }
`,
}

test('a user file may use all of TypeScript, and so may what its tasks use', async () => {
  await using place = new Workplace(FILES)
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts', '--threads', '1', '--quiet')
  assert.equal(code, 0, stderr)
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    "enums [ 'Two', 20 ]",
    'paths 11',
    "decorators [ 'logged 7', 'go42' ]",
    'classes 14',
    'commonJs 9',
  ])
  assert.deepEqual(await place.leftovers(), [])
})
