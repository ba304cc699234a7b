// The loader's transform at build time: plugins for esbuild and for Vite (and so for vitest).

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import { formatOf } from './emission/fileFormat.ts'
import { instrumentModule } from './emission/instrumentModule.ts'
import { userFileOf } from './userFile.ts'

/**
 * Instruments the user's modules while esbuild bundles them. `heddle` itself stays outside of the bundle.
 * @example build({ entryPoints: ['main.ts'], bundle: true, format: 'esm', platform: 'node', plugins: [heddleEsbuild()] })
 */
export function heddleEsbuild(): Plugin {
  return {
    name: 'heddle',
    setup(build) {
      const { entryPoints = [], absWorkingDir = process.cwd() } = build.initialOptions
      const entries = new Set<string>()
      for (const entry of Array.isArray(entryPoints) ? entryPoints : Object.values(entryPoints))
        entries.add(path.resolve(absWorkingDir, typeof entry === 'string' ? entry : entry.in))
      build.onResolve({ filter: /^heddle(\/|$)/ }, ({ path }) => ({ path, external: true }))
      build.onLoad({ filter: /\.([cm]?[jt]s|[jt]sx)$/ }, ({ path: file }) => {
        const contents = instrumentFile(file, readFileSync(file, 'utf8'))
        if (contents === undefined) return undefined
        return {
          contents: entries.has(file) ? namesEntry(file) + contents : contents,
          loader: 'js',
          resolveDir: path.dirname(file),
        }
      })
    },
  }
}

/** What a Vite plugin is, as far as this one goes: Vite need not be installed. */
export interface VitePlugin {
  name: string
  enforce: 'pre'
  transform(code: string, id: string): { code: string; map: object } | undefined
}

/**
 * Instruments the user's modules as Vite and vitest load them.
 * @example export default defineConfig({ plugins: [heddleVite()], ssr: { external: ['heddle'] } })
 */
export function heddleVite(): VitePlugin {
  return {
    name: 'heddle',
    enforce: 'pre',
    transform(code, id) {
      const instrumented = instrumentFile(id.replace(/[?#].*$/, ''), code)
      return instrumented === undefined ? undefined : withMapApart(instrumented)
    },
  }
}

/** The instrumented text of a user's file; nothing for others. */
function instrumentFile(file: string, source: string): string | undefined {
  if (!path.isAbsolute(file) || userFileOf(pathToFileURL(file).href) === undefined) return undefined
  return instrumentModule(file, source, formatOf(file, source)).code
}

function namesEntry(file: string): string {
  return `if(globalThis.__heddle)globalThis.__heddle.entry=${JSON.stringify(file)};`
}

const MAP_COMMENT = /\n\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\n?$/

function withMapApart(text: string): { code: string; map: object } {
  const match = MAP_COMMENT.exec(text)
  if (!match) return { code: text, map: { version: 3, sources: [], names: [], mappings: '' } }
  const map = JSON.parse(Buffer.from(match[1], 'base64').toString('utf8')) as { sources: string[] }
  // Vite names files by their paths.
  map.sources = map.sources.map((source) => fileURLToPath(source))
  return { code: text.slice(0, match.index), map }
}
