// What a run of a file needs of this machine's files, to be run on another: its modules, their packages, the data that they name.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { analyse } from '../analysis/analyse.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { formatOf } from '../emission/fileFormat.ts'
import { ModuleGraph, type Resolution } from '../emission/moduleGraph.ts'
import { configFiles } from './configFiles.ts'
import { type LeftFile, namedFiles } from './namedFiles.ts'
import { PackageFolders } from './packageFolders.ts'

export interface RunFiles {
  /** The modules of the user's, the one that is run first. */
  modules: string[]
  /** Everything, by absolute path: modules too. */
  files: string[]
  /** Links in `node_modules`, and where each leads. */
  links: { path: string; target: string }[]
  /** Data that is named and too large to be brought. */
  left: LeftFile[]
}

export interface RunToMirror {
  file: string
  /** The file's text, when it is not what the disk holds. */
  text?: string
  /** Where relative names of data begin. */
  cwd: string
}

/** What cannot be read, found or parsed is left out: the run says so itself, with its place. */
export function filesOfRun({ text, ...run }: RunToMirror): RunFiles {
  const packages = new PackageFolders()
  // As Node names modules. What is run by another path is found by the links on it.
  const [file, cwd] = [packages.realPath(run.file), packages.realPath(run.cwd)]
  const graph = new ModuleGraph(cwd, undefined)
  const modules = new Set([file])
  const beside = new Set<string>()
  const texts: { file: string; text: string }[] = []
  for (const each of modules) {
    const module = analysed(each, each === file ? text : undefined)
    if (!module) continue
    texts.push({ file: each, text: module.source })
    for (const [specifier, found] of importsOf(graph, module))
      if (found.kind === 'user' || found.kind === 'commonjs') {
        modules.add(found.file)
        packages.link(each, specifier)
      } else if (found.kind === 'file') beside.add(found.path)
      else if (found.kind === 'package') packages.add(each, specifier, found.url)
  }
  const { found: named, left } = namedFiles(texts, cwd)
  const configs = configFiles(modules, packages)
  const all = new Set([...modules, ...beside, ...configs, ...packages.files(), ...named])
  return {
    modules: [...modules].filter((each) => existsSync(each)),
    files: [...all].filter((each) => existsSync(each)).sort(),
    links: packages.links(),
    left,
  }
}

function analysed(file: string, given: string | undefined): AnalysedModule | undefined {
  try {
    const source = given ?? readFileSync(file, 'utf8')
    return analyse(path.resolve(file), source, { format: formatOf(file, source) })
  } catch {
    return undefined
  }
}

function importsOf(graph: ModuleGraph, module: AnalysedModule): [specifier: string, found: Resolution][] {
  const required = new Set(module.requireCalls.map(({ specifier }) => specifier))
  const dynamic = graph.dynamic(module).flatMap(({ specifiers = [] }) => specifiers)
  return [...new Set([...graph.specifiers(module), ...dynamic])].flatMap((specifier) => {
    try {
      return [[specifier, graph.resolve(module, specifier, required.has(specifier))] as [string, Resolution]]
    } catch {
      return []
    }
  })
}
