// TypeScript's checker, and the only file that speaks its API: what the types of names in a text say.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type TypeScript from 'typescript'
import { CANNOT_TRAVEL, commonKind, TYPES } from '../knowledge/api.ts'
import { spanId } from '../knowledge/spanId.ts'
import type { TypeOfName } from '../knowledge/subject.ts'

/** A question of one text: the names that are declared at these offsets, and the expressions in these stretches. */
export interface TypeQuestion {
  file: string
  text: string
  offsets: readonly number[]
  expressions?: readonly { start: number; end: number }[]
}

/** Where TypeScript's types of heddle stand, by the end of their path. */
const HEDDLE = /[\\/](node_modules[\\/]heddle|runtime)[\\/](dist[\\/]types|[a-z]+)[\\/]/
const PLATFORM = /[\\/]node_modules[\\/](@types[\\/]node|typescript[\\/]lib)[\\/]|[\\/]lib\.[\w.]+\.d\.ts$/
/** A class may be one of another, and so on. */
const ANCESTORS_MAX = 8

interface Project {
  service: TypeScript.LanguageService
  roots: Set<string>
}

export class Checker {
  readonly #ts: typeof TypeScript
  readonly #projects = new Map<string, Project>()
  readonly #registry: TypeScript.DocumentRegistry
  /** Texts of open files, before those on the disk. */
  readonly #open = new Map<string, { text: string; version: number }>()

  /** Of TypeScript's own files no comments: they are a tenth of what its trees take. Versions before 5.3 read all. */
  get #commentsRead(): TypeScript.JSDocParsingMode | undefined {
    return (this.#ts as Partial<typeof TypeScript>).JSDocParsingMode?.ParseForTypeInfo
  }

  private constructor(ts: typeof TypeScript) {
    this.#ts = ts
    this.#registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, '', this.#commentsRead)
  }

  /** @returns nothing where the file is no TypeScript that has an API: the one of version 7 has none */
  static load(typescript: string): Checker | undefined {
    try {
      const ts = createRequire(typescript)(typescript) as Partial<typeof TypeScript>
      return typeof ts.createLanguageService === 'function' ? new Checker(ts as typeof TypeScript) : undefined
    } catch {
      return undefined
    }
  }

  /** What the question's names and expressions are, as far as types tell; others are left out. */
  typesOf(question: TypeQuestion): Map<number | string, TypeOfName> {
    const { file, offsets, expressions = [] } = question
    this.open(question)
    const found = new Map<number | string, TypeOfName>()
    const program = this.#projectOf(file).service.getProgram()
    const source = program?.getSourceFile(file)
    if (!program || !source) return found
    const checker = program.getTypeChecker()
    for (const offset of offsets) {
      const node = this.#nameAt(source, offset)
      const told = node && this.#told(checker, checker.getTypeAtLocation(node))
      if (told) found.set(offset, told)
    }
    for (const span of expressions) {
      const node = this.#expressionAt(source, span)
      const told = node && this.#told(checker, checker.getTypeAtLocation(node))
      if (told?.kind) found.set(spanId(span), told)
    }
    return found
  }

  /** Takes the text of a file in: programs that are asked about after it see it. */
  open({ file, text }: TypeQuestion): void {
    const known = this.#open.get(file)
    if (known?.text === text) return
    this.#open.set(file, { text, version: (known?.version ?? 0) + 1 })
    this.#projectOf(file)
  }

  /** The editor has closed a file. */
  close(file: string): void {
    this.#open.delete(file)
  }

  #nameAt(source: TypeScript.SourceFile, offset: number): TypeScript.Node | undefined {
    const ts = this.#ts
    // A file has as many statements as lines: they are not gone through one by one.
    let at: TypeScript.Node | undefined = statementAt(source.statements, offset)
    while (at) {
      const inner: TypeScript.Node | undefined = ts.forEachChild(at, (child) =>
        child.getStart(source) <= offset && offset < child.end ? child : undefined,
      )
      if (!inner) return ts.isIdentifier(at) ? at : undefined
      at = inner
    }
    return undefined
  }

  /** The innermost of the nodes that have just this stretch: a statement without a semicolon has that of its expression. */
  #expressionAt(
    source: TypeScript.SourceFile,
    { start, end }: { start: number; end: number },
  ): TypeScript.Node | undefined {
    let found: TypeScript.Node | undefined
    let at: TypeScript.Node | undefined = statementAt(source.statements, start)
    while (at) {
      if (at.getStart(source) === start && at.end === end) found = at
      at = this.#ts.forEachChild(at, (child) =>
        child.getStart(source) <= start && end <= child.end ? child : undefined,
      )
    }
    return found
  }

  #told(checker: TypeScript.TypeChecker, type: TypeScript.Type): TypeOfName | undefined {
    const symbol = type.getSymbol()
    const promised = symbol?.getName() === 'Promise' && filesOf(symbol).some((file) => PLATFORM.test(file))
    const value = (promised && checker.getAwaitedType(type)) || type
    if (checker.isArrayType(type)) {
      const [element] = checker.getTypeArguments(type as TypeScript.TypeReference)
      return this.#kindOf(element) === 'future' ? { kind: 'futures' } : undefined
    }
    const kind = this.#kindOf(value)
    if (kind) return { kind, ...(promised && { promised }) }
    const platformClass = promised ? 'Promise' : this.#platformClass(type)
    return platformClass === undefined ? undefined : { kind: undefined, platformClass }
  }

  #kindOf(type: TypeScript.Type): TypeOfName['kind'] {
    // What may be missing is to be looked at first: nothing is said of it.
    if (type.isUnion()) return commonKind(type.types.map((each) => this.#kindOf(each)))
    const symbol = type.getSymbol() ?? type.aliasSymbol
    const name = symbol?.getName() ?? ''
    if (!Object.hasOwn(TYPES, name)) return undefined
    return filesOf(symbol).some((file) => HEDDLE.test(file)) ? TYPES[name] : undefined
  }

  /** The class of the platform that a type is, or is one of, if it cannot travel. */
  #platformClass(type: TypeScript.Type): string | undefined {
    let layer: TypeScript.Type[] = [type]
    for (let i = 0; i < ANCESTORS_MAX && layer.length > 0; i++) {
      for (const each of layer) {
        const symbol = each.getSymbol()
        const name = symbol?.getName() ?? ''
        if (Object.hasOwn(CANNOT_TRAVEL, name) && filesOf(symbol).some((file) => PLATFORM.test(file)))
          return name
      }
      layer = layer.flatMap((each) => {
        const target = (each as Partial<TypeScript.TypeReference>).target ?? each
        return target.isClassOrInterface() ? (each.getBaseTypes() ?? []) : []
      })
    }
    return undefined
  }

  #projectOf(file: string): Project {
    const ts = this.#ts
    const config = ts.findConfigFile(dirname(file), ts.sys.fileExists) ?? ''
    const known = this.#projects.get(config)
    if (known) {
      known.roots.add(file)
      return known
    }
    const options = this.#optionsOf(config)
    const folder = dirname(config || file)
    const roots = new Set([file])
    const jsDocParsingMode = this.#commentsRead
    const host: TypeScript.LanguageServiceHost = {
      // Files that an open one imports come with it: a project of many is not read as a whole.
      getScriptFileNames: () => [...roots].filter((each) => this.#open.has(each)),
      getScriptVersion: (name) => {
        const open = this.#open.get(name)
        return open ? `open ${open.version}` : String(ts.sys.getModifiedTime?.(name)?.getTime() ?? 0)
      },
      getScriptSnapshot: (name) => {
        const text = this.#open.get(name)?.text ?? ts.sys.readFile(name)
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
      },
      getCurrentDirectory: () => folder,
      getCompilationSettings: () => options,
      ...(jsDocParsingMode !== undefined && { jsDocParsingMode }),
      getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
      fileExists: (name) => this.#open.has(name) || ts.sys.fileExists(name),
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      realpath: ts.sys.realpath,
    }
    const project = { service: ts.createLanguageService(host, this.#registry), roots }
    this.#projects.set(config, project)
    return project
  }

  /** What is broken in a `tsconfig.json` is as if it were not there: the editor's own TypeScript tells of it. */
  #optionsOf(config: string): TypeScript.CompilerOptions {
    const options = (config && this.#writtenIn(config)) || undefined
    const ts = this.#ts
    return {
      ...(!options && { target: ts.ScriptTarget.ESNext, types: ['node'] }),
      // Where nothing is said TypeScript takes the oldest way, which does not know what packages export.
      ...(options?.module === undefined &&
        options?.moduleResolution === undefined && {
          module: ts.ModuleKind.ESNext,
          moduleResolution: ts.ModuleResolutionKind.Bundler,
        }),
      // Types of browsers are large, and nothing of theirs is asked about.
      lib: ['lib.esnext.d.ts'],
      ...options,
      allowJs: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
    }
  }

  /** The options alone: the files that it includes are not listed. */
  #writtenIn(config: string): TypeScript.CompilerOptions | undefined {
    const ts = this.#ts
    try {
      const given: unknown = ts.readConfigFile(config, ts.sys.readFile).config
      if (typeof given !== 'object' || given === null) return undefined
      return ts.parseJsonConfigFileContent({ ...given, files: [], include: [] }, ts.sys, dirname(config))
        .options
    } catch {
      return undefined
    }
  }
}

/** The TypeScript to use for a folder: its own, if that has an API, else the editor's. */
export function typescriptsFor(folders: readonly string[], editors: string | undefined): string[] {
  const own = folders.map((folder) => join(folder, 'node_modules', 'typescript', 'lib', 'typescript.js'))
  return [...own, ...(editors ? [editors] : [])].filter((file) => existsSync(file))
}

/** The last statement that does not begin after an offset. */
function statementAt(
  statements: readonly TypeScript.Statement[],
  offset: number,
): TypeScript.Statement | undefined {
  let [low, high] = [0, statements.length]
  while (low < high) {
    const middle = (low + high) >> 1
    // Its comments are of a statement.
    if (statements[middle].pos > offset) high = middle
    else low = middle + 1
  }
  return statements[low - 1]
}

const filesOf = (symbol: TypeScript.Symbol | undefined): string[] =>
  (symbol?.getDeclarations() ?? []).map((each) => each.getSourceFile().fileName)
