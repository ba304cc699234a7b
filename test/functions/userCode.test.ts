// Projects as people write them, through the whole path: CommonJS, monorepos, decorators, `paths`, on two workers.

import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Workplace } from '../endToEnd/runKit.ts'

async function printed(
  files: Record<string, string>,
  main: string,
  link?: [from: string, to: string],
): Promise<unknown> {
  await using place = new Workplace(files)
  if (link) {
    mkdirSync(join(place.folder, 'node_modules', '@mono'), { recursive: true })
    symlinkSync(join(place.folder, link[0]), join(place.folder, link[1]), 'dir')
  }
  const { code, stdout, stderr } = await place.heddle(
    'run',
    main,
    '--workers',
    '2',
    '--threads',
    '1',
    '--quiet',
  )
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('a CommonJS project: module.exports, require in a cycle, JSON, __dirname, classes', async () => {
  const files = {
    'package.json': '{}',
    'main.js': `'use strict'
const { Client } = require('heddle')
const { area, Square } = require('./shapes')
const config = require('./config.json')
const local = (x) => area(x) * config.factor + require('./shapes/deep').offset
async function main() {
  const client = await Client.local()
  const got = await client.gather([
    client.submit(local, 3),
    client.submit((s) => s.describe(), new Square(4)),
    client.submit(() => require('node:path').basename(__dirname)),
  ])
  const back = await client.submit((n) => new Square(n), 5).result()
  const same = got[2] === require('node:path').basename(__dirname)
  console.log(JSON.stringify([...got.slice(0, 2), same, back instanceof Square, back.describe()]))
  await client.close()
}
main()`,
    'config.json': '{"factor": 10}',
    'shapes/index.js':
      "exports.area = (x) => x * x\nconst deep = require('./deep')\nexports.Square = class Square { constructor(n) { this.n = n } describe() { return deep.name() + ' ' + exports.area(this.n) } }",
    'shapes/deep.js':
      "const shapes = require('./index')\nexports.offset = 7\nexports.name = () => `a square of area` + (shapes.area ? ' is' : '')",
  }
  const expected = [97, 'a square of area is 16', true, true, 'a square of area is 25']
  assert.deepEqual(await printed(files, 'main.js'), expected)
})

test('TypeScript in a CommonJS project: import x = require(), export =', async () => {
  const files = {
    'package.json': '{}',
    'main.cts': `import heddle = require('heddle')
import scale = require('./scale.cts')
async function main(): Promise<void> {
  const client = await heddle.Client.local()
  console.log(JSON.stringify(await client.gather(client.map((x: number) => scale(x) + scale.by, [1, 2]))))
  await client.close()
}
void main()`,
    'scale.cts':
      'function scale(x: number): number { return x * scale.by }\nnamespace scale { export const by = 3 }\nexport = scale',
  }
  assert.deepEqual(await printed(files, 'main.cts'), [6, 9])
})

test('a monorepo: a linked package of TypeScript sources, with an import of its own', async () => {
  const files = {
    'package.json': '{"type":"module","workspaces":["packages/*"]}',
    'packages/units/package.json': '{"name":"@mono/units","type":"module","exports":"./src/index.ts"}',
    'packages/units/src/index.ts':
      "import { factor } from './factor.js'\nexport class Length { constructor(readonly m: number) {}\n  get km(): number { return this.m / factor } }\nexport const metres = (km: number): Length => new Length(km * factor)",
    'packages/units/src/factor.ts': 'export const factor = 1000',
    'app/main.ts': `import { Client } from 'heddle'
import { Length, metres } from '@mono/units'
const client = await Client.local()
const made = await client.submit(metres, 2).result()
console.log(JSON.stringify([made instanceof Length, made.m, await client.submit((l: Length) => l.km, made).result()]))
await client.close()`,
  }
  assert.deepEqual(await printed(files, 'app/main.ts', ['packages/units', 'node_modules/@mono/units']), [
    true,
    2000,
    2,
  ])
})

test('decorators with emitDecoratorMetadata, paths and extends of tsconfig.json', async () => {
  const files = {
    'package.json': '{"type":"module"}',
    'tsconfig.base.json':
      '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, /* a comment */ "paths": { "@lib/*": ["./lib/*"] }, } }',
    'tsconfig.json': '{ "extends": "./tsconfig.base.json" }',
    'lib/meta.ts': `const types = new Map<string, string[]>()
const reflect = Reflect as typeof Reflect & { metadata?: unknown }
reflect.metadata = (key: string, value: unknown) => (target: object, name?: string) => {
  const names = [value].flat().map((type) => (type as { name: string }).name)
  types.set((name ?? (target as { name: string }).name) + ' ' + key, names)
}
export const typesOf = (name: string): string[] | undefined => types.get(name)
export function noted(_target: object, _key: string): void {}
export function service<T extends object>(target: T): T { return target }`,
    'lib/engine.ts': 'export class Engine { power = 3 }',
    'main.ts': `import { Client } from 'heddle'
import { noted, service, typesOf } from '@lib/meta'
import { Engine } from '@lib/engine'
@service
class Car {
  @noted engine: Engine = new Engine()
  @noted run(times: number): string { return String(times * this.engine.power) }
  constructor(public wheels: number = 4, public spare?: Engine) {}
}
const client = await Client.local()
const f = (car: Car): unknown => [car.run(2), car.wheels, typesOf('engine design:type'), typesOf('run design:paramtypes'), typesOf('Car design:paramtypes')]
console.log(JSON.stringify([f(new Car()), await client.submit(f, new Car()).result()]))
await client.close()`,
  }
  const expected = ['6', 4, ['Engine'], ['Number'], ['Number', 'Engine']]
  assert.deepEqual(await printed(files, 'main.ts'), [expected, expected])
})
