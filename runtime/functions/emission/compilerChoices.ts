// What a project's tsconfig.json says that changes how its code runs.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

export interface CompilerChoices {
  /** TypeScript's own decorators, from before the standard. */
  legacyDecorators: boolean
  /** Class fields are assigned, not defined, as targets before ES2022 do. */
  assignsClassFields: boolean
  /** TypeScript's own decorators are told the types that stand in the text. */
  decoratorMetadata: boolean
}

const NONE: CompilerChoices = {
  legacyDecorators: false,
  assignsClassFields: false,
  decoratorMetadata: false,
}

interface Options {
  experimentalDecorators?: boolean
  emitDecoratorMetadata?: boolean
  useDefineForClassFields?: boolean
  target?: string
}

const byFolder = new Map<string, CompilerChoices>()

/** The choices for a file: those of the nearest tsconfig.json above it. */
export function compilerChoices(file: string): CompilerChoices {
  return choicesOfFolder(path.dirname(file))
}

function choicesOfFolder(folder: string): CompilerChoices {
  const known = byFolder.get(folder)
  if (known) return known
  const config = path.join(folder, 'tsconfig.json')
  const parent = path.dirname(folder)
  let choices: CompilerChoices
  if (existsSync(config)) {
    const options = readOptions(config, new Set())
    const legacy = options.experimentalDecorators ?? false
    choices = {
      legacyDecorators: legacy,
      assignsClassFields: !(options.useDefineForClassFields ?? !legacy),
      decoratorMetadata: legacy && (options.emitDecoratorMetadata ?? false),
    }
  } else if (parent === folder) choices = NONE
  else choices = choicesOfFolder(parent)
  byFolder.set(folder, choices)
  return choices
}

/** Compiler options of a configuration and of those it extends. */
function readOptions(file: string, seen: Set<string>): Options {
  if (seen.has(file)) return {}
  seen.add(file)
  let config: { extends?: string | string[]; compilerOptions?: Options }
  try {
    config = JSON.parse(withoutComments(readFileSync(file, 'utf8')))
  } catch {
    return {} // A broken configuration is the editor's to report: code runs as without it.
  }
  const options: Options = {}
  for (const base of [config.extends ?? []].flat()) {
    const found = findBase(file, base)
    if (found) Object.assign(options, readOptions(found, seen))
  }
  return Object.assign(options, config.compilerOptions)
}

function findBase(file: string, base: string): string | undefined {
  if (/^\.{0,2}\//.test(base)) {
    const target = path.resolve(path.dirname(file), base)
    return [target, `${target}.json`].find((one) => existsSync(one))
  }
  const require = createRequire(file)
  for (const request of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return require.resolve(request)
    } catch {
      // The next form is tried.
    }
  }
  return undefined
}

/** JSON without comments and trailing commas, as tsconfig.json may have them. */
export function withoutComments(text: string): string {
  return text
    .replace(
      /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, quoted: string | undefined) => quoted ?? '',
    )
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, quoted: string | undefined) => quoted ?? '')
}
