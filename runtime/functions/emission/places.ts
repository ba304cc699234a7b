// Rewrites what depends on where a module lies: `import.meta`, dynamic imports, `__dirname`.

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type MagicString from 'magic-string'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { entranceOf } from './entrance.ts'
import { jsonModule } from './importLines.ts'
import type { WorkerModules } from './workerModules.ts'

export function rewritePlaces(
  modules: WorkerModules,
  module: AnalysedModule,
  text: MagicString,
  includes: (node: { start: number; end: number }) => boolean,
  needs: Set<string>,
): void {
  const url = pathToFileURL(module.file).href
  const files = rewriteFileUrls(modules, module, text, includes, needs)
  for (const meta of module.importMetas) {
    if (!includes(meta) || files.some((one) => meta.start >= one.start && meta.end <= one.end)) continue
    const filename = JSON.stringify(module.file)
    const dirname = JSON.stringify(path.dirname(module.file))
    text.update(
      meta.start,
      meta.end,
      `({url:${JSON.stringify(url)},filename:${filename},dirname:${dirname},resolve:s=>/^\\.{0,2}\\//.test(s)?new URL(s,${JSON.stringify(url)}).href:import.meta.resolve(s)})`,
    )
  }
  for (const { node, specifiers } of modules.graph.dynamic(module)) {
    const { source } = node
    if (!includes(source)) continue
    if (!specifiers) {
      text.appendRight(source.start, `globalThis.__heddle.d(${JSON.stringify(url)},`)
      text.appendLeft(source.end, ')')
    } else if (source.type === 'Literal')
      text.update(source.start, source.end, JSON.stringify(targetOf(modules, module, specifiers[0], needs)))
    else {
      const targets = specifiers.map((one) => [one, targetOf(modules, module, one, needs)] as const)
      text.appendRight(source.start, `globalThis.__heddle.t(${JSON.stringify(Object.fromEntries(targets))},`)
      text.appendLeft(source.end, ')')
    }
  }
}

/** `new URL('./x', import.meta.url)` of a file that is there: it goes along. */
function rewriteFileUrls(
  modules: WorkerModules,
  module: AnalysedModule,
  text: MagicString,
  includes: (node: { start: number; end: number }) => boolean,
  needs: Set<string>,
): { start: number; end: number }[] {
  const rewritten: { start: number; end: number }[] = []
  for (const { node, specifier } of module.fileUrls) {
    const file = path.resolve(path.dirname(module.file), specifier)
    if (!includes(node) || !modules.noteFile(file, needs)) continue
    text.update(node.start, node.end, `globalThis.__heddle.w(${JSON.stringify(pathToFileURL(file).href)})`)
    rewritten.push(node)
  }
  return rewritten
}

/** Where an import leads on a worker, as a specifier. */
export function targetOf(
  modules: WorkerModules,
  module: AnalysedModule,
  specifier: string,
  needs: Set<string>,
): string {
  const resolution = modules.graph.resolve(module, specifier)
  switch (resolution.kind) {
    case 'user':
      return `./${modules.reference(resolution.file, needs)}`
    case 'commonjs':
      return `./${entranceOf(modules, resolution.file, needs)}`
    case 'heddle':
      return resolution.specifier
    case 'file':
      if (resolution.path.endsWith('.json')) return `./${jsonModule(modules, resolution.path, needs)}`
      modules.noteFile(resolution.path, needs)
      return pathToFileURL(resolution.path).href
    case 'package':
      modules.notePackage(resolution, needs)
      return resolution.url
    case 'builtin':
      return resolution.url
  }
}

/** `require`, `__filename` and `__dirname` for code of a CommonJS module that now stands in an ES module. */
export function commonJsNames(module: AnalysedModule, globals: ReadonlySet<string>): string {
  if (module.format !== 'commonjs') return ''
  const file = JSON.stringify(module.file)
  let code = ''
  if (globals.has('require'))
    code += `const require=process.getBuiltinModule('node:module').createRequire(${file});`
  if (globals.has('__filename')) code += `const __filename=${file};`
  if (globals.has('__dirname')) code += `const __dirname=${JSON.stringify(path.dirname(module.file))};`
  return code
}
