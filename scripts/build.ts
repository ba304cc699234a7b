// Builds everything that runs: the runtime's bundles, the panels, types, then the extension, which carries them all. `--quick` stops after the panels.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { RUNTIME_BUNDLE } from './runtimeBundle.ts'

const root = join(import.meta.dirname, '..')
const quick = process.argv.includes('--quick')

/** Program entries of the runtime and the source each is built from. Shared modules become shared chunks. */
const RUNTIME_ENTRIES: Record<string, string> = {
  index: 'runtime/index.ts',
  register: 'runtime/host/registerMain.ts',
  plugins: 'runtime/functions/buildPlugins.ts',
  session: 'runtime/session/main.ts',
  scheduler: 'runtime/host/schedulerMain.ts',
  worker: 'runtime/host/workerMain.ts',
  lane: 'runtime/host/laneMain.ts',
  cli: 'runtime/cli/main.ts',
  askFiles: 'runtime/collections/askFilesMain.ts',
  outline: 'runtime/outline/main.ts',
}

/** Builds the runtime's bundles: one run, so that entries of one process share their modules. */
async function buildRuntime(): Promise<void> {
  const outdir = join(root, 'runtime', 'dist')
  const present = Object.entries(RUNTIME_ENTRIES).filter(([, source]) => existsSync(join(root, source)))
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present),
    outdir,
    ...RUNTIME_BUNDLE,
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
  })
  removeOldChunks(
    join(outdir, 'chunks'),
    Object.keys(metafile.outputs).map((file) => basename(file)),
  )
}

/**
 * Programs of one file, without packages: the agent, which is the first of ours on a machine where nothing else is, and what
 * makes certificates, whose packages are large and mostly unused.
 */
async function buildSingles(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: {
      agent: 'runtime/agent/agentMain.ts',
      certificate: 'runtime/host/clusterCertificate.ts',
      fetchNode: 'runtime/remote/fetchNodeMain.ts',
    },
    outdir: join(root, 'runtime', 'dist'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    keepNames: true,
    logLevel: 'warning',
  })
}

/** Chunks of earlier builds go, but not those that a program started a moment ago may still load. */
function removeOldChunks(folder: string, kept: readonly string[]): void {
  const oldBeforeMs = Date.now() - 10 * 60_000
  for (const file of readdirSync(folder)) {
    const path = join(folder, file)
    if (!kept.includes(file) && statSync(path).mtimeMs < oldBeforeMs) rmSync(path)
  }
}

async function buildPanels(): Promise<void> {
  const script = join(root, 'media', 'build.ts')
  if (!existsSync(script)) return
  const { buildMedia } = (await import(script)) as { buildMedia(outFolder: string): Promise<void> }
  await buildMedia(join(root, 'runtime', 'dist', 'media'))
}

async function buildExtension(): Promise<void> {
  const script = join(root, 'client', 'build.ts')
  if (!existsSync(script)) return
  const module = (await import(script)) as { buildExtension(): Promise<void> }
  await module.buildExtension()
}

/** Writes the type declarations that users of the package see. */
function buildTypes(): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', join(root, 'runtime', 'tsconfig.types.json')], {
    stdio: 'inherit',
  })
}

const begun = performance.now()
await buildRuntime()
await buildSingles()
await buildPanels()
if (!quick) {
  buildTypes()
  await buildExtension()
  console.error(`Built in ${((performance.now() - begun) / 1000).toFixed(1)} s`)
}
