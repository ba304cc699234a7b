// An import that leads nowhere: who imports it, on which line, and what was looked for.

import { existsSync } from 'node:fs'
import path from 'node:path'
import { codeFrame, lineColumn } from './analysis/sourceText.ts'

export class MissingImportError extends Error {
  override name = 'MissingImportError'
  readonly code = 'ERR_MODULE_NOT_FOUND'
  readonly specifier: string
  readonly file: string
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(file: string, source: string, specifier: string) {
    const at = placeOf(source, specifier)
    const place = at ? `${file}:${at.line}:${at.column}` : file
    const frame = at ? `\n\n${codeFrame(source, at)}\n` : ''
    super(`${place} imports "${specifier}", ${lookedFor(file, specifier)}${frame}`)
    this.specifier = specifier
    this.file = file
    this.line = at?.line
    this.column = at?.column
    this.stack = `MissingImportError: ${this.message}`
  }
}

/** Where the quoted specifier stands: at the end of an import rather than anywhere else. */
function placeOf(source: string, specifier: string): { line: number; column: number } | undefined {
  const escaped = specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const match = new RegExp(`(?:from|import|require|\\()\\s*(['"\`])${escaped}\\1`).exec(source)
  if (!match) return undefined
  return lineColumn(source, match.index + match[0].length - specifier.length - 2)
}

function lookedFor(file: string, specifier: string): string {
  if (specifier.startsWith('.') || path.isAbsolute(specifier)) {
    const target = path.resolve(path.dirname(file), specifier)
    const folder = path.dirname(target)
    if (!existsSync(folder)) return `and there is no folder ${folder}. Correct the path.`
    const tried =
      path.extname(target) === ''
        ? `${target}, also with .ts, .js, .json and as a folder with an index`
        : target
    return `and there is no such file: looked for ${tried}. Correct the path or create the file.`
  }
  if (specifier.startsWith('#'))
    return 'and neither `paths` of a tsconfig.json nor `imports` of a package.json above the file leads from it to a file. Add it to one of them.'
  const name = specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : specifier.split('/')[0]
  return (
    `and no package or tsconfig path of that name was found from ${path.dirname(file)}. ` +
    `Install it: npm install ${name}`
  )
}
