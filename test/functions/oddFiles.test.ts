// Files that are odd: 50,000 lines, functions made from text, modules that import each other.

import assert from 'node:assert/strict'
import test from 'node:test'
import { project, runIn } from './kit/project.ts'

const PROGRAM_HEAD = "import { Client } from 'heddle'\nconst client = await Client.local({ workers: 1 })\n"

test('a file of 50,000 lines', async (t) => {
  const lines = Array.from(
    { length: 49_990 },
    (_, i) => `export const f${i} = (x: number): number => x + ${i}`,
  )
  const folder = project(t, {
    'many.ts': `${lines.join('\n')}\n`,
    'main.ts': `${PROGRAM_HEAD}import { f7, f49989 } from './many.ts'
console.log(await client.submit(f7, 1), await client.submit((x: number) => f49989(x), 1))
await client.close()`,
  })
  const { stdout, stderr } = await runIn(folder, 'main.ts')
  assert.equal(stdout.trim(), '8 49990', stderr)
})

test('functions that were made from text are refused with the way out', async (t) => {
  const folder = project(t, {
    'main.ts': `${PROGRAM_HEAD}
for (const make of [() => new Function('x', 'return x'), () => (0, eval)('(x) => x')])
  try {
    await client.submit(make() as () => void)
  } catch (error) {
    console.log((error as Error).message)
  }
await client.close()`,
  })
  const { stdout, stderr } = await runIn(folder, 'main.ts')
  assert.equal(
    stdout,
    '`task` is the function `anonymous`, whose source was not compiled by heddle (it comes from a package or from eval), which cannot be sent to a worker. Import it inside the function you send, or wrap the call: x => f(x).\n' +
      '`task` is the function `(anonymous)`, whose source was not compiled by heddle (it comes from a package or from eval), which cannot be sent to a worker. Import it inside the function you send, or wrap the call: x => f(x).\n',
    stderr,
  )
})

test('modules that import each other, from the main script on', async (t) => {
  const folder = project(t, {
    'a.ts':
      "import { b } from './b.ts'\nexport const a = (n: number): string => (n === 0 ? 'a' : b(n - 1))\n",
    'b.ts':
      "import { a } from './a.ts'\nimport { c } from './c.ts'\nexport const b = (n: number): string => (n === 0 ? c : a(n - 1))\n",
    'c.ts': "import { a } from './a.ts'\nexport const c = typeof a === 'function' ? 'late' : 'c'\n",
    'main.ts': `${PROGRAM_HEAD}import { b } from './b.ts'
console.log(await client.submit(b, 4), await client.submit((n: number) => b(n), 3))
await client.close()`,
  })
  const { stdout, stderr } = await runIn(folder, 'main.ts')
  const here = stdout.trim()
  assert.match(here, /^\S+ a$/, stderr)
})
