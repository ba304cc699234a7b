// Where an import specifier of a user's file leads: as TypeScript and Node resolve it, `paths` of tsconfig.json included.

import { ResolverFactory } from 'oxc-resolver'

const OPTIONS = {
  extensions: ['.ts', '.mts', '.js', '.mjs', '.json', '.tsx', '.jsx', '.cts', '.cjs'],
  extensionAlias: {
    '.js': ['.ts', '.tsx', '.js'],
    '.jsx': ['.tsx', '.jsx'],
    '.mjs': ['.mts', '.mjs'],
    '.cjs': ['.cts', '.cjs'],
  },
  mainFields: ['main'],
  tsconfig: 'auto' as const,
}

let forImport: ResolverFactory | undefined
let forRequire: ResolverFactory | undefined

/** The absolute path that a specifier leads to, or nothing. */
export function resolveFrom(file: string, specifier: string, required = false): string | undefined {
  forImport ??= new ResolverFactory({
    ...OPTIONS,
    conditionNames: ['node', 'import', 'module-sync', 'default'],
  })
  if (required)
    forRequire ??= new ResolverFactory({
      ...OPTIONS,
      conditionNames: ['node', 'require', 'module-sync', 'default'],
    })
  const resolver = required ? forRequire! : forImport
  return resolver.resolveFileSync(file, specifier).path ?? undefined
}
