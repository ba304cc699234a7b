// ColumnTransformer: parts of the columns, each through a transformer of its own, beside one another.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { chosenColumns, partsBlock } from '../../kernels/ml/preprocessing/shaping.ts'
import type { Step } from '../../kernels/ml/steps.ts'
import { type Estimator, ParameterError, registerEstimator, requireChoices } from '../contract/estimator.ts'
import { type Features, knownRows, Rows } from '../contract/rows.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import {
  Transformer,
  type TransformStep,
  type Transforms,
  transformStep,
  transforms,
} from '../contract/transformer.ts'
import { requireNamedParts, textOf, withNamedParts } from './namedParts.ts'
import type { Pipeline } from './pipeline.ts'

/** A name, a transformer or a pipeline that ends with one (or what to do without), and columns by name or number. */
export type ColumnPart = readonly [
  name: string,
  transformer: Transformer | Pipeline | 'passthrough' | 'drop',
  columns: string | number | readonly (string | number)[],
]

export interface ColumnTransformerParams {
  transformers: readonly ColumnPart[]
  /** What becomes of columns that no part names; `'drop'`. */
  remainder: 'drop' | 'passthrough'
}

interface PartState {
  features: number
  parts: { name: string; transformer: (Estimator & Transforms) | null; columns: number[] }[]
}

/**
 * Transforms parts of the columns, each by itself, and puts the results beside one another.
 * @example
 * const parts = new ml.ColumnTransformer({ transformers: [['size', new ml.StandardScaler(), ['size']], ['kind', new ml.OneHotEncoder(), ['kind']]] })
 * (await parts.fitTransform([{ size: 1, kind: 'a' }, { size: 3, kind: 'b' }])).toList() // [[-1, 1, 0], [1, 0, 1]]
 */
export class ColumnTransformer extends Transformer<ColumnTransformerParams, PartState> {
  static readonly kind = 'ColumnTransformer'
  constructor(params: Partial<ColumnTransformerParams> = {}) {
    super({ transformers: [], remainder: 'drop' }, params)
  }

  protected override checkParams(): void {
    requireChoices(this.kind, { remainder: [this.params.remainder, 'drop', 'passthrough'] })
    for (const [name, transformer] of this.params.transformers)
      if (transformer !== 'passthrough' && transformer !== 'drop' && !transforms(transformer))
        throw new ParameterError(
          `the part ${name} of a ColumnTransformer is a transformer, 'passthrough' or 'drop', not ${textOf(transformer)}`,
        )
  }

  /** Sets parameters of parts, named `part__parameter`, what transforms a part by its name, or all of them. */
  override setParams(some: Partial<ColumnTransformerParams> & Record<string, unknown>): this {
    const transformers = some.transformers ?? this.params.transformers
    requireNamedParts(
      'transformers of a ColumnTransformer is a list of [name, transformer, columns]',
      transformers,
    )
    const names = ['transformers', 'remainder']
    const { own, parts } = withNamedParts(ColumnTransformer.kind, 'part', transformers, names, some)
    const changed = parts && transformers.map(([name, , columns]) => [name, parts.get(name), columns])
    return super.setParams({
      ...own,
      ...(changed && { transformers: changed }),
    } as Partial<ColumnTransformerParams>)
  }

  /** @throws {MlDataError} when a part names a column that there is not */
  async fit(x: Features, y?: Target, options?: FitOptions): Promise<this> {
    const rows = await knownRows(this.kind, x)
    const parts: PartState['parts'] = []
    const used = new Set<number>()
    for (const [name, transformer, wanted] of this.params.transformers) {
      const columns = [wanted].flat().map((column) => placeOf(column as string | number, rows))
      for (const column of columns) used.add(column)
      if (transformer === 'drop') continue
      if (transformer === 'passthrough') {
        parts.push({ name, transformer: null, columns })
        continue
      }
      const names = rows.names && columns.map((column) => rows.names![column])
      const own = new Rows(rows.blocks.map(chosenColumns, columns), columns.length, rows.lengths, names)
      const copy = transformer.clone()
      await copy.fit(own, y, options)
      parts.push({ name, transformer: copy, columns })
    }
    const rest = Array.from({ length: rows.columns }, (_, i) => i).filter((column) => !used.has(column))
    if (this.params.remainder === 'passthrough' && rest.length > 0)
      parts.push({ name: 'remainder', transformer: null, columns: rest })
    return this.learnt({ features: rows.columns, parts })
  }

  get featuresIn(): number {
    return this.fitted.features
  }

  /** A part's fitted transformer. */
  part<E extends Estimator = Transformer>(name: string): E {
    const found = this.fitted.parts.find((part) => part.name === name)?.transformer
    if (!found) throw new ParameterError(`this ColumnTransformer has no transformer named ${name}`)
    return found as Estimator as E
  }

  step(): TransformStep {
    const { features, parts } = this.fitted
    let width = 0
    const steps = parts.map(({ transformer, columns }) => {
      const own = transformer?.transformSteps() ?? []
      width += own.length > 0 ? own[own.length - 1].columns : columns.length
      return { columns, steps: own.map(({ run, state }) => ({ run, state, others: 0 }) as unknown as Step) }
    })
    return transformStep(partsBlock, { who: this.kind, features, parts: steps }, width)
  }

  override namesOut(namesIn: readonly string[] | undefined): readonly string[] {
    return this.fitted.parts.flatMap(({ name, transformer, columns }) => {
      const own = columns.map((column) => namesIn?.[column] ?? `x${column}`)
      const names = transformer ? transformer.namesOut(own) : own
      return (names ?? own).map((each) => `${name}__${each}`)
    })
  }
}

function placeOf(column: string | number, rows: Rows): number {
  const place = typeof column === 'number' ? column : (rows.names?.indexOf(column) ?? -1)
  if (Number.isInteger(place) && place >= 0 && place < rows.columns) return place
  throw new MlDataError(
    `there is no column ${column}: X has ${rows.names ? rows.names.join(', ') : `the columns 0 to ${rows.columns - 1}, without names`}`,
  )
}

registerEstimator(ColumnTransformer)
