// Whether a user's file is an ES module or CommonJS, as Node would say.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const byFolder = new Map<string, 'module' | 'commonjs' | undefined>()

/** ES modules by extension, by their package's type, or by their syntax; else CommonJS. */
export function formatOf(file: string, source: string): 'module' | 'commonjs' {
  if (/\.m[jt]s$/.test(file)) return 'module'
  if (/\.c[jt]s$/.test(file)) return 'commonjs'
  const declared = packageType(path.dirname(file))
  if (declared === 'module') return 'module'
  return hasModuleSyntax(source) ? 'module' : 'commonjs'
}

/** A cheap look: files that fool it are parsed as what they say they are, and Node's own error follows. */
function hasModuleSyntax(source: string): boolean {
  return (
    /^\s*(?:import(?:\s+[\w$]+(?!\s*=|[\w$])|\s*[*{'"])|export(?:\s+[\w$]|\s*[*{]))/m.test(source) ||
    /\bimport\.meta\b/.test(source) ||
    (/^(const|let|var)?[^\n]*\bawait\s/m.test(source) &&
      !/\b(require\(|module\.exports|exports\.)/.test(source))
  )
}

function packageType(folder: string): 'module' | 'commonjs' | undefined {
  if (byFolder.has(folder)) return byFolder.get(folder)
  const config = path.join(folder, 'package.json')
  const parent = path.dirname(folder)
  let type: 'module' | 'commonjs' | undefined
  if (existsSync(config)) {
    try {
      const declared = (JSON.parse(readFileSync(config, 'utf8')) as { type?: string }).type
      type = declared === 'module' || declared === 'commonjs' ? declared : undefined
    } catch {
      type = undefined // Node reports a broken package.json itself.
    }
  } else if (parent !== folder) type = packageType(parent)
  byFolder.set(folder, type)
  return type
}
