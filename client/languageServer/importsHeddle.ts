// A quick look whether a text imports heddle: cheap enough for every file that is opened.

const IMPORT = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"`])heddle(?:\/[^'"`\n]*)?\1/

/**
 * May say yes for an import in a comment, never no for one that is there.
 * @example importsHeddle("import { bag } from 'heddle'") // true
 */
export const importsHeddle = (text: string): boolean => text.includes('heddle') && IMPORT.test(text)

/** The languages that Heddle looks at. */
export const LANGUAGES = ['typescript', 'javascript', 'typescriptreact', 'javascriptreact'] as const
