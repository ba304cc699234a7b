// TypeScript to JavaScript, with one source map from the result to the user's file.

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import remapping from '@jridgewell/remapping'
import type MagicString from 'magic-string'
import { type TransformOptions, transformSync } from 'oxc-transform'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import type { CompilerChoices } from './compilerChoices.ts'

export interface FinishRequest {
  module: AnalysedModule
  text: MagicString
  choices: CompilerChoices
  /** Worker modules: their imports are those that are used already. */
  keepImports?: boolean
}

/** The helpers' object is `babelHelpers`, which the head of such a module declares. */
const DECORATORS_WITH_METADATA: Partial<TransformOptions> = {
  decorator: { legacy: true, emitDecoratorMetadata: true },
  helpers: { mode: 'External' as NonNullable<TransformOptions['helpers']>['mode'] },
}

type MapInput = Parameters<typeof remapping>[0]

const require = createRequire(import.meta.url)

/** @throws {SyntaxError} when the compiler refuses the text */
export function finishModule({ module, text, choices, keepImports = false }: FinishRequest): string {
  const url = pathToFileURL(module.file).href
  const edited = text.toString()
  const editMap = text.generateMap({ source: url, hires: 'boundary' })
  const { code, map } = needsEsbuild(module, choices)
    ? compileWithEsbuild(module, edited, choices, url)
    : compile(module, edited, choices, keepImports)
  const merged = remapping(
    map,
    (_, context) => (context.depth === 1 ? (editMap as MapInput as never) : null),
    true,
  )
  merged.sources = merged.sources.map(() => url)
  const encoded = Buffer.from(JSON.stringify(merged)).toString('base64')
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`
}

/**
 * Decorators, and class fields that a project wants assigned instead of defined, are esbuild's; but it knows no types,
 * which `emitDecoratorMetadata` asks for.
 */
function needsEsbuild(module: AnalysedModule, choices: CompilerChoices): boolean {
  if (module.needsLowering) return !choices.decoratorMetadata
  return module.language === 'ts' && choices.assignsClassFields
}

function compile(
  module: AnalysedModule,
  code: string,
  choices: CompilerChoices,
  keepImports: boolean,
): { code: string; map: MapInput } {
  const result = transformSync(module.file, code, {
    lang: module.language,
    sourceType: module.format === 'commonjs' ? 'commonjs' : 'module',
    sourcemap: true,
    typescript: {
      onlyRemoveTypeImports: keepImports,
      removeClassFieldsWithoutInitializer: choices.assignsClassFields,
    },
    ...(module.needsLowering && choices.decoratorMetadata && DECORATORS_WITH_METADATA),
    ...(choices.assignsClassFields && { assumptions: { setPublicClassFields: true } }),
  })
  const error = result.errors.find((one) => one.severity === 'Error')
  if (error || !result.map) throw new SyntaxError(`${module.file}: ${error?.message ?? 'cannot be compiled'}`)
  return { code: result.code, map: result.map as MapInput }
}

function compileWithEsbuild(
  module: AnalysedModule,
  code: string,
  choices: CompilerChoices,
  sourcefile: string,
): { code: string; map: MapInput } {
  // Loaded here alone: most modules have no decorators, and its first use starts a process.
  const esbuild = require('esbuild') as typeof import('esbuild')
  const result = esbuild.transformSync(code, {
    loader: module.language === 'dts' ? 'ts' : module.language,
    sourcemap: 'external',
    target: 'node24',
    keepNames: true,
    sourcefile,
    ...(module.format === 'module' && { format: 'esm' as const }),
    tsconfigRaw: {
      compilerOptions: {
        experimentalDecorators: choices.legacyDecorators,
        useDefineForClassFields: !choices.assignsClassFields,
        verbatimModuleSyntax: false,
      },
    },
  })
  return { code: result.code, map: JSON.parse(result.map) as MapInput }
}
