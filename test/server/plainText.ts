// The texts of the tables as plain JavaScript: as ES modules, and as CommonJS.

import { stripTypeScriptTypes } from 'node:module'

/** Without its types: spaces stand where they stood, so that marks stay where they are. */
export const plain = (source: string): string => stripTypeScriptTypes(source)

/** With `require` for `import`, in a function where something is awaited: CommonJS awaits nothing at its top level. */
export function commonJs(source: string): string {
  const lines = plain(source).split('\n')
  const imports = lines.filter((line) => /^import\b/.test(line)).map(required)
  const others = lines.map((line) => (/^import\b/.test(line) ? '' : line))
  return `${imports.join('\n')}\nasync function all() {\n${others.join('\n').replace(/^export /gm, '')}\n}\nall()`
}

/** `import { a as b } from 'x'` → `const { a: b } = require('x')` */
function required(line: string): string {
  const [, names, from] = /^import (.*) from ('[^']*')/.exec(line) ?? []
  if (!names) return ''
  return `const ${names.replace(/^\* as /, '').replace(/(\w+) as (\w+)/g, '$1: $2')} = require(${from})`
}
