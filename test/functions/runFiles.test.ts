// Which files a run needs on another machine: modules, configurations, packages and their links, data that is named.

import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import test, { type TestContext } from 'node:test'
import { namedFiles, namesIn } from '../../runtime/functions/runFiles/namedFiles.ts'
import { filesOfRun } from '../../runtime/functions/runFiles/runFiles.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

function projectOf(t: TestContext, files: Record<string, string>): string {
  const folder = temporaryFolder(t)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const PACKAGE = '{"name":"project","type":"module"}'

function found(folder: string, file = 'main.ts', text?: string) {
  const run = { file: join(folder, file), cwd: folder, ...(text !== undefined && { text }) }
  const { modules, files, links, left } = filesOfRun(run)
  const inside = (path: string): string => relative(folder, path)
  return {
    modules: modules.map(inside),
    // Configurations above the test's folder are none of its own.
    files: files.map(inside).filter((path) => !path.startsWith('..')),
    links: links.map(({ path, target }) => [inside(path), inside(target)]),
    left: left.map(({ path, bytes }) => [inside(path), bytes]),
  }
}

test('modules by every way of importing, what is no module beside them, configurations above and extended', (t) => {
  const folder = projectOf(t, {
    'package.json': PACKAGE,
    'base.json': '{}',
    'tsconfig.json':
      '{ // as people write it\n "extends": "./base", "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }',
    'main.ts':
      "import { a } from './a.ts'\nexport * from './b.js'\nimport settings from './settings.json'\nimport '~/c'\nconst later = () => import('./later.ts')\nimport 'heddle'\nimport 'node:fs'\n",
    'a.ts': "import './cycle.ts'\nexport const a = 1\n",
    'cycle.ts': "import './a.ts'\n",
    'b.ts': '',
    'lib/c.ts': '',
    'later.ts': '',
    'settings.json': '{}',
    'unused.ts': '',
  })
  const { modules, files, links } = found(folder)
  assert.deepEqual(modules.toSorted(), ['a.ts', 'b.ts', 'cycle.ts', 'later.ts', 'lib/c.ts', 'main.ts'])
  assert.equal(modules[0], 'main.ts')
  assert.deepEqual(
    files,
    [...modules, 'base.json', 'package.json', 'settings.json', 'tsconfig.json'].toSorted(),
  )
  assert.deepEqual(links, [])
})

test('packages with what they need, where they lie; heddle itself is the host’s', (t) => {
  const pkg = (name: string, more = ''): string => `{"name":"${name}","main":"index.js"${more}}`
  const folder = projectOf(t, {
    'package.json': PACKAGE,
    'main.ts': "import 'one'\nimport '@s/two/deep.js'\nimport 'heddle'\n",
    'node_modules/one/package.json': pkg(
      'one',
      ',"dependencies":{"three":"1"},"optionalDependencies":{"absent":"1"}',
    ),
    'node_modules/one/index.js': '',
    'node_modules/one/index.d.ts': '',
    'node_modules/one/node_modules/three/package.json': pkg('three', ',"peerDependencies":{"@s/two":"1"}'),
    'node_modules/one/node_modules/three/index.js': '',
    'node_modules/@s/two/package.json': pkg('@s/two', ',"dependencies":{"heddle":"1"}'),
    'node_modules/@s/two/deep.js': '',
    'node_modules/heddle/package.json': pkg('heddle'),
    'node_modules/heddle/index.js': '',
    'node_modules/other/package.json': pkg('other'),
    'node_modules/other/index.js': '',
  })
  assert.deepEqual(found(folder).files, [
    'main.ts',
    'node_modules/@s/two/deep.js',
    'node_modules/@s/two/package.json',
    'node_modules/one/index.js',
    'node_modules/one/node_modules/three/index.js',
    'node_modules/one/node_modules/three/package.json',
    'node_modules/one/package.json',
    'package.json',
  ])
})

test('links are kept: a store as pnpm lays it out, and a workspace’s own package', (t) => {
  const folder = projectOf(t, {
    'package.json': PACKAGE,
    'app/main.ts': "import 'own'\nimport 'one'\n",
    'own/package.json': '{"name":"own","type":"module","exports":"./src/index.ts"}',
    'own/src/index.ts': "import './more.ts'\n",
    'own/src/more.ts': '',
    'node_modules/.pnpm/one@1/node_modules/one/package.json':
      '{"name":"one","main":"index.js","dependencies":{"two":"1"}}',
    'node_modules/.pnpm/one@1/node_modules/one/index.js': '',
    'node_modules/.pnpm/two@1/node_modules/two/package.json': '{"name":"two","main":"index.js"}',
    'node_modules/.pnpm/two@1/node_modules/two/index.js': '',
  })
  const link = (target: string, at: string): void => symlinkSync(join(folder, target), join(folder, at))
  link('own', 'node_modules/own')
  link('node_modules/.pnpm/one@1/node_modules/one', 'node_modules/one')
  link('node_modules/.pnpm/two@1/node_modules/two', 'node_modules/.pnpm/one@1/node_modules/two')
  const { modules, files, links } = found(folder, 'app/main.ts')
  assert.deepEqual(modules, ['app/main.ts', 'own/src/index.ts', 'own/src/more.ts'])
  assert.deepEqual(links, [
    ['node_modules/own', 'own'],
    ['node_modules/one', 'node_modules/.pnpm/one@1/node_modules/one'],
    ['node_modules/.pnpm/one@1/node_modules/two', 'node_modules/.pnpm/two@1/node_modules/two'],
  ])
  assert.ok(
    files.includes('own/package.json') &&
      files.includes('node_modules/.pnpm/two@1/node_modules/two/index.js'),
  )
})

test('a project that is reached by a link, with packages behind another', (t) => {
  const folder = projectOf(t, {
    'real/package.json': PACKAGE,
    'real/main.ts': "import './more.ts'\nimport 'one'\nread('data.csv')\n",
    'real/more.ts': '',
    'real/data.csv': '',
    'elsewhere/node_modules/one/package.json': '{"name":"one","main":"index.js"}',
    'elsewhere/node_modules/one/index.js': '',
  })
  symlinkSync(join(folder, 'real'), join(folder, 'project'))
  symlinkSync(join(folder, 'elsewhere', 'node_modules'), join(folder, 'real', 'node_modules'))
  const { modules, files, links } = filesOfRun({
    file: join(folder, 'project', 'main.ts'),
    cwd: join(folder, 'project'),
  })
  const inside = (path: string): string => relative(folder, path)
  assert.deepEqual(modules.map(inside), ['real/main.ts', 'real/more.ts'])
  assert.deepEqual(
    links.map(({ path, target }) => [inside(path), inside(target)]),
    [
      ['project', 'real'],
      ['real/node_modules', 'elsewhere/node_modules'],
    ],
  )
  for (const file of ['real/data.csv', 'elsewhere/node_modules/one/index.js'])
    assert.ok(files.includes(join(folder, file)))
})

test('an unsaved text says what is imported, and what cannot be read or found stops nothing', (t) => {
  const folder = projectOf(t, {
    'package.json': PACKAGE,
    'main.ts': '',
    'new.ts': "import './broken.ts'\n",
    'broken.ts': 'const = ;\n',
  })
  const text = "import './new.ts'\nimport './gone.ts'\nimport 'nowhere'\n"
  assert.deepEqual(found(folder, 'main.ts', text).modules, ['main.ts', 'new.ts', 'broken.ts'])
})

test('data is brought when it is named by a relative path: files, patterns, folders of data', (t) => {
  const folder = projectOf(t, {
    'package.json': PACKAGE,
    'main.ts':
      "import './lib/reads.ts'\nread('data/one.csv')\nread(`logs/*.txt`)\nread('trips/')\nread('/etc/passwd')\nread('../outside.csv')\nread('https://x/data/two.csv')\n",
    'lib/reads.ts': "read('beside.json')\n",
    'lib/beside.json': '[]',
    'data/one.csv': 'a\n1\n',
    'data/two.csv': 'a\n2\n',
    'logs/1.txt': '',
    'logs/2.txt': '',
    'trips/p=1/a.parquet': '',
    'trips/readme.md': '',
  })
  assert.deepEqual(
    found(folder).files.filter((file) => !file.endsWith('.ts')),
    ['data/one.csv', 'lib/beside.json', 'logs/1.txt', 'logs/2.txt', 'package.json', 'trips/p=1/a.parquet'],
  )
})

test('data beyond what is brought stays, the largest, and is named with its size', (t) => {
  const folder = projectOf(t, {
    'small.csv': 'x'.repeat(10),
    'large.csv': 'x'.repeat(100),
    'more.csv': 'x'.repeat(20),
  })
  const text = "read('large.csv', 'small.csv', 'more.csv')"
  assert.deepEqual(namedFiles([{ file: join(folder, 'main.ts'), text }], folder, 50), {
    found: [join(folder, 'small.csv'), join(folder, 'more.csv')],
    left: [{ path: join(folder, 'large.csv'), bytes: 100 }],
  })
})

test('texts that can name no file of a project are not looked up', () => {
  const template = ['g(`t-', '{1}.csv`)'].join('$')
  const text = `a('./data.csv'); b("x/y"); c('plain'); d('.'); e('../..'); f('/abs.csv'); ${template}; h('s3://b/k.csv'); i('~/x.csv')`
  assert.deepEqual([...namesIn(text)], ['./data.csv', 'x/y'])
})
