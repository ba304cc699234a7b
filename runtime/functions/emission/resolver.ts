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
}

const CONDITIONS = {
  import: ['node', 'import', 'module-sync', 'default'],
  require: ['node', 'require', 'module-sync', 'default'],
}

const resolvers = new Map<string, ResolverFactory>()

/**
 * The absolute path that a specifier leads to, or nothing. Where a tsconfig.json above the file cannot be read (it extends
 * one that is gone, say), the file resolves as Node does, which never reads it.
 */
export function resolveFrom(file: string, specifier: string, required = false): string | undefined {
  return found(file, specifier, required, 'auto') ?? resolveAsNode(file, specifier, required)
}

/** The same without tsconfig.json. */
export function resolveAsNode(file: string, specifier: string, required = false): string | undefined {
  return found(file, specifier, required, undefined)
}

function found(
  file: string,
  specifier: string,
  required: boolean,
  tsconfig: 'auto' | undefined,
): string | undefined {
  return resolverOf(required ? 'require' : 'import', tsconfig).resolveFileSync(file, specifier).path
}

function resolverOf(conditions: keyof typeof CONDITIONS, tsconfig: 'auto' | undefined): ResolverFactory {
  const key = `${conditions} ${tsconfig}`
  let resolver = resolvers.get(key)
  if (!resolver) {
    resolver = new ResolverFactory({
      ...OPTIONS,
      conditionNames: CONDITIONS[conditions],
      ...(tsconfig && { tsconfig }),
    })
    resolvers.set(key, resolver)
  }
  return resolver
}
