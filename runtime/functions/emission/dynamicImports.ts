// Where `import(…)` inside code may lead: a literal path, or a template whose beginning names a folder.

import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { ImportExpression, TemplateLiteral } from 'oxc-parser'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'

/** A template that matches more files than this names no certain ones. */
const FILES_MAX = 200
const MODULE_EXTENSION = /\.([cm]?[jt]s|[jt]sx|json)$/

/**
 * The specifiers that a dynamic import may be asked for; nothing when that cannot be told.
 * @example dynamicSpecifiers(module, node) // of import(`./lang-${code}.ts`): ['./lang-de.ts', './lang-en.ts']
 */
export function dynamicSpecifiers(
  module: AnalysedModule,
  { source }: ImportExpression,
): readonly string[] | undefined {
  if (source.type === 'Literal') return typeof source.value === 'string' ? [source.value] : undefined
  if (source.type !== 'TemplateLiteral') return undefined
  if (source.expressions.length === 0) return [textOf(source, 0)]
  const first = textOf(source, 0)
  if (!/^\.{1,2}\//.test(first)) return undefined
  return matchingFiles(path.dirname(module.file), first, patternOf(source))
}

function textOf(template: TemplateLiteral, index: number): string {
  return template.quasis[index].value.cooked ?? template.quasis[index].value.raw
}

function patternOf(template: TemplateLiteral): RegExp {
  const parts = template.quasis.map((_, i) => textOf(template, i).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`)
}

function matchingFiles(home: string, first: string, pattern: RegExp): string[] | undefined {
  const folder = first.slice(0, first.lastIndexOf('/') + 1)
  let names: string[]
  try {
    names = readdirSync(path.join(home, folder), { recursive: true, encoding: 'utf8' })
  } catch {
    return undefined
  }
  const found = new Set<string>()
  for (const name of names) {
    if (!MODULE_EXTENSION.test(name) || /\.d\.[cm]?ts$|(^|[\\/])node_modules[\\/]/.test(name)) continue
    const specifier = folder + name.replaceAll('\\', '/')
    const bare = specifier.replace(/\.\w+$/, '')
    // As people write it: as it is, without its extension, and with the one that it is compiled to.
    for (const one of [specifier, bare, specifier.replace(/\.([cm]?)ts$/, '.$1js')])
      if (pattern.test(one)) found.add(one)
  }
  return found.size > 0 && found.size <= FILES_MAX ? [...found].sort() : undefined
}
