// Bundles the extension, its language server and the keeper, and puts the built runtime beside them.

import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

/**
 * Bundles of their own, loaded when they are first imported: the larger part of the extension's code, which only a file that
 * imports heddle or a running cluster needs.
 */
const LATER = { languageServer: 'client/languageServer/languageServer.ts', ws: 'ws' }
const loadedLater: Plugin = {
  name: 'loaded-later',
  setup({ onResolve }) {
    onResolve({ filter: /^ws$|\/languageServer\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.cjs`, external: true } : undefined,
    )
  },
}

/** What the extension takes of the package `heddle`: all that an installed one has. */
const OF_RUNTIME = ['package.json', 'README.md', 'LICENSE', 'bin', 'dist']

/**
 * Writes `dist/extension.cjs`, `dist/languageServer.cjs`, `dist/ws.cjs`, `dist/server.cjs`, `dist/typeThread.cjs`, `dist/keeper.mjs` and `dist/runtime`. The runtime has to be built before.
 * @throws {Error} esbuild's own, naming file and line, when a source cannot be built
 */
export async function buildExtension(): Promise<void> {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    outdir: dist,
    minify: true,
    keepNames: true,
    sourcemap: true,
    legalComments: 'none',
    logLevel: 'warning',
  } as const
  await Promise.all([
    build({
      ...shared,
      // The oldest VS Code that is supported runs extensions under Node 20.
      entryPoints: {
        extension: 'client/extension.ts',
        ...LATER,
        server: 'server/main.ts',
        typeThread: 'server/types/thread.ts',
      },
      plugins: [loadedLater],
      format: 'cjs',
      target: 'node20',
      outExtension: { '.js': '.cjs' },
      // Parser and resolver are native: they come from the node_modules beside the bundles.
      external: ['vscode', 'oxc-parser', 'oxc-resolver'],
      // msgpackr's usual build asks for its own place, which a CommonJS bundle cannot tell.
      alias: { 'msgpackr/pack': 'msgpackr/index-no-eval' },
      // `ws` looks for two optional native modules and does without.
      define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
    }),
    build({
      ...shared,
      entryPoints: { keeper: 'client/keeper/main.ts' },
      format: 'esm',
      target: 'node24',
      outExtension: { '.js': '.mjs' },
    }),
  ])
  copyRuntime()
  // Diagnostics link to their pages, the walkthrough shows pictures.
  cpSync(join(root, 'docs', 'diagnostics.md'), join(dist, 'docs', 'diagnostics.md'))
  cpSync(join(root, 'media', 'walkthrough'), join(dist, 'walkthrough'), { recursive: true })
  for (const name of WALKTHROUGH_PICTURES) {
    const picture = join(root, 'docs', 'screenshots', name)
    if (existsSync(picture)) cpSync(picture, join(dist, 'walkthrough', name))
  }
}

const WALKTHROUGH_PICTURES = ['results.png', 'taskGraph.png', 'progress.png', 'failure.png']

/** A copy rather than a link: what is packed is what development runs. */
function copyRuntime(): void {
  const target = join(dist, 'runtime')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const name of OF_RUNTIME) {
    const source = join(root, 'runtime', name)
    if (existsSync(source)) cpSync(source, join(target, name), { recursive: true })
  }
}
