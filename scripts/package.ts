// Makes the extension's .vsix for one platform: `npm run package [-- --target linux-x64] [--with-node] [--out FILE] [--no-build]`.

import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { NODE_PACKAGES } from '../runtime/protocol/nodePackages.ts'
import { fetchPackage } from '../runtime/remote/npmPackage.ts'
import { type FoundPackage, platformOf, productionPackages } from '../runtime/remote/productionPackages.ts'
import { isUsedAtRun } from '../runtime/remote/runtimeBundle.ts'

const root = join(import.meta.dirname, '..')
const SIZE_MB_MAX = 25
/** With Node inside. */
const SIZE_WITH_NODE_MB_MAX = 80
const LICENCE = /^(licen[sc]e|notice|copying)/i

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    out: { type: 'string' },
    'no-build': { type: 'boolean' },
    'with-node': { type: 'boolean' },
  },
})
const target = values.target ?? `${process.platform}-${process.arch}`
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
const out = resolve(values.out ?? join(root, `heddle-vscode-${target}-${manifest.version}.vsix`))

if (!values['no-build'])
  execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' })
const elsewhere: { name: string; version: string }[] = []
const packages = productionPackages(join(root, 'runtime'), platformOf(target), (name, version) => {
  elsewhere.push({ name, version })
})
// Native halves for another platform than this one come from the registry that npm is configured for.
for (const { name, version } of elsewhere) {
  console.log(`fetching ${name} ${version} for ${target}`)
  packages.push({ name, version, folder: await fetchPackage(name, version) })
}
const stage = mkdtempSync(join(tmpdir(), 'heddle-vsix-'))
try {
  stageExtension()
  stagePackages()
  if (values['with-node']) await stageNode()
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce')
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--target',
    target,
    '--out',
    out,
  ]
  execFileSync(process.execPath, [vsce, ...args], { cwd: stage, stdio: ['ignore', 'pipe', 'inherit'] })
} finally {
  rmSync(stage, { recursive: true, force: true })
}
const megabytes = statSync(out).size / 1e6
console.log(`${out}: ${megabytes.toFixed(1)} MB`)
const limit = values['with-node'] ? SIZE_WITH_NODE_MB_MAX : SIZE_MB_MAX
if (megabytes > limit) throw new Error(`${out} is larger than ${limit} MB`)

/** The extension as it is built, and a manifest without what only development needs. */
function stageExtension(): void {
  const { devDependencies, optionalDependencies, workspaces, scripts, private: _, ...kept } = manifest
  writeFileSync(join(stage, 'package.json'), JSON.stringify(kept, null, 2))
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'])
    if (existsSync(join(root, name))) cpSync(join(root, name), join(stage, name))
  cpSync(join(root, 'media', 'icons'), join(stage, 'media', 'icons'), { recursive: true })
  cpSync(join(root, 'dist'), join(stage, 'dist'), {
    recursive: true,
    filter: (file) => !file.endsWith('.map') && !/dist\/node_modules$/.test(file),
  })
}

/** Packages beside the bundles, where both the language server and the runtime look for them; and what they are licensed under. */
function stagePackages(): void {
  const licences: string[] = []
  for (const { name, version, folder } of packages) {
    const to = join(stage, 'dist', 'node_modules', name)
    mkdirSync(to, { recursive: true })
    cpSync(folder, to, { recursive: true, dereference: true, filter: (file) => keeps(folder, file) })
    licences.push(licenceOf({ name, version, folder }))
  }
  // What the bundles were made of is in them, and its licences ask to be told too.
  const known = new Set(packages.map(({ name }) => name))
  for (const bundled of bundledPackages())
    if (!known.has(bundled.name)) {
      known.add(bundled.name)
      licences.push(licenceOf(bundled))
    }
  writeFileSync(
    join(stage, 'THIRD_PARTY_LICENSES.md'),
    `# Packages that come with Heddle\n\n${licences.join('\n')}`,
  )
}

/** Packages whose code stands inside the bundles of the extension, its panels and the runtime. */
function bundledPackages(): FoundPackage[] {
  const here = platformOf(`${process.platform}-${process.arch}`)
  const x509 = join(root, 'node_modules', '@peculiar', 'x509')
  const folders = ['client', 'server', 'media'].map((name) => join(root, name))
  const found = [...folders, x509].flatMap((folder) => productionPackages(folder, here, () => {}))
  const own = ['@peculiar/x509', 'reflect-metadata'].map((name) => {
    const folder = join(root, 'node_modules', name)
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { name, version, folder }
  })
  return [...found, ...own]
}

/** Node's binary for the target, where the extension looks for one that it carries: `dist/node/bin`. */
async function stageNode(): Promise<void> {
  if (!Object.hasOwn(NODE_PACKAGES, target)) throw new Error(`there is no Node to carry for ${target}`)
  const { name, version } = NODE_PACKAGES[target as keyof typeof NODE_PACKAGES]
  const installed = join(root, 'node_modules', name)
  const folder = existsSync(join(installed, 'bin', 'node')) ? installed : await fetchPackage(name, version)
  cpSync(join(folder, 'bin', 'node'), join(stage, 'dist', 'node', 'bin', 'node'))
  const licence = readdirSync(folder).find((each) => LICENCE.test(each))
  if (licence) cpSync(join(folder, licence), join(stage, 'dist', 'node', 'LICENSE'))
}

function keeps(folder: string, file: string): boolean {
  return file === folder || isUsedAtRun(file.slice(folder.length))
}

function licenceOf({ name, version, folder }: FoundPackage): string {
  const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { license?: string }
  const file = readdirSync(folder).find((each) => LICENCE.test(each))
  const text = file ? `\n\`\`\`\n${readFileSync(join(folder, file), 'utf8').trim()}\n\`\`\`\n` : ''
  return `## ${name} ${version}: ${license ?? 'see its own text'}\n${text}`
}
