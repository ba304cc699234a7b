// What every estimator offers, as scikit-learn's: parameters, a fitted state, and both as plain data.

import { checkedModel, type ModelData, ModelFormatError, plainOf, valueOfPlain } from './modelData.ts'
import { wrongWith } from './paramRanges.ts'

/** A model is asked for what only fitting tells. */
export class NotFittedError extends Error {
  override name = 'NotFittedError'
}

/** An estimator has no parameter of that name, or not of that value. */
export class ParameterError extends RangeError {
  override name = 'ParameterError'
}

/** @throws {ParameterError} naming the first of an estimator's parameters that is no whole number from 1 on */
export function requireCounts(kind: string, params: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(params))
    if (!Number.isInteger(value) || value < 1)
      throw new ParameterError(`${name} of ${kind} is a whole number ≥ 1, not ${value}`)
}

/** @throws {ParameterError} naming the first of an estimator's parameters that is none of its choices */
export function requireChoices(
  kind: string,
  params: Readonly<Record<string, readonly [value: unknown, ...choices: unknown[]]>>,
): void {
  for (const [name, [value, ...choices]] of Object.entries(params))
    if (!choices.includes(value))
      throw new ParameterError(
        `${name} of ${kind} is ${choices.map(String).join(', ')}, not ${String(value)}`,
      )
}

interface EstimatorClass {
  new (params?: never): Estimator
  readonly kind: string
  /** Parameters that may be null beside a number. */
  readonly nullable?: readonly string[]
}

const classes = new Map<string, EstimatorClass>()

/** Lets `ml.fromJSON` find a class by its name. Every class of estimators calls it once, behind its declaration. */
export function registerEstimator(type: EstimatorClass): void {
  classes.set(type.kind, type)
}

/**
 * An estimator: parameters that are told, and a state that is learnt. Both are plain data.
 * @typeParam P its parameters, all with a value
 * @typeParam S what `fit` learns
 */
export abstract class Estimator<P extends object = object, S extends object = object> {
  readonly #defaults: P
  #params: P
  #state: S | undefined

  /**
   * @param defaults the parameters' values where none are given; their names are all that there are
   * @throws {ParameterError} for a name that is not among them
   */
  protected constructor(defaults: P, given: Partial<P> = {}) {
    this.#defaults = defaults
    this.#params = { ...defaults }
    this.setParams(given)
  }

  /** Its name, e.g. `StandardScaler`. */
  get kind(): string {
    return (this.constructor as unknown as EstimatorClass).kind
  }

  /** The parameters, each with its value. */
  get params(): Readonly<P> {
    return this.#params
  }

  /** Whether it transforms features, whatever it is made of. */
  get transforms(): boolean {
    return false
  }

  /** A copy of the parameters. */
  getParams(): P {
    return { ...this.#params }
  }

  /**
   * Sets some parameters, all or none. What was fitted stays until the next `fit`.
   * @throws {ParameterError} for a name that there is not, and a value that no fit could work with
   */
  setParams(some: Partial<P>): this {
    const before = this.#params
    for (const [name, value] of Object.entries(some)) {
      if (!Object.hasOwn(before, name))
        throw new ParameterError(
          `${this.kind} has no parameter ${name}; it has ${Object.keys(before).join(', ') || 'none'}`,
        )
      const { nullable } = this.constructor as unknown as EstimatorClass
      if (value === undefined || (value === null && nullable?.includes(name))) continue
      const wanted = wrongWith(name, value, (this.#defaults as Record<string, unknown>)[name])
      if (wanted) throw new ParameterError(`${name} of ${this.kind} is ${wanted}, not ${String(value)}`)
    }
    const given = Object.entries(some).filter(([, value]) => value !== undefined)
    this.#params = { ...before, ...(Object.fromEntries(given) as Partial<P>) }
    try {
      this.checkParams()
    } catch (error) {
      this.#params = before
      throw error
    }
    return this
  }

  /** Refuses values that no fit could work with; classes say which. */
  protected checkParams(): void {}

  /**
   * What was learnt: plain data.
   * @throws {NotFittedError} before `fit`
   */
  get fitted(): S {
    if (!this.#state) throw new NotFittedError(`this ${this.kind} is not fitted yet: call fit first`)
    return this.#state
  }

  get isFitted(): boolean {
    return this.#state !== undefined
  }

  /** @internal Called by `fit`. */
  protected learnt(state: S): this {
    this.#state = state
    return this
  }

  /** An estimator with the same parameters that has learnt nothing. */
  clone(): this {
    const copy = modelFrom({ ...this.toJSON(), fitted: null })
    return copy as this
  }

  /** The model as plain data, for `JSON.stringify`: `fromJSON` makes it again. */
  toJSON(): ModelData {
    const nested = (value: object): unknown => (value instanceof Estimator ? value.toJSON() : undefined)
    return {
      format: 'heddle.ml',
      version: 1,
      kind: this.kind,
      params: plainOf(this.#params, nested),
      fitted: this.#state ? plainOf(this.#state, nested) : null,
    }
  }

  /** @internal The estimator that data tells of. */
  static fromModelData(data: ModelData): Estimator {
    const type = classes.get(data.kind)
    if (!type)
      throw new ModelFormatError(
        `this model is a ${data.kind}, which this heddle does not know; it knows ${[...classes.keys()].sort().join(', ')}`,
      )
    const made = new type(valueOfPlain(data.params, modelFrom) as never)
    if (data.fitted !== null) made.#state = valueOfPlain(data.fitted, modelFrom) as object
    return made
  }

  /**
   * The model that `toJSON` wrote.
   * @throws {ModelFormatError} when the data is no model, or one of another kind
   */
  static fromJSON<E extends Estimator>(
    this: { new (params?: never): E; readonly kind: string },
    data: unknown,
  ): E {
    const made = modelFrom(data)
    // biome-ignore lint/complexity/noThisInStatic: the class that it is called on is what is asked for.
    const { kind } = this
    if (made.kind !== kind)
      throw new ModelFormatError(`this model is a ${made.kind}, not a ${kind}: ml.fromJSON reads any`)
    return made as E
  }
}

function modelFrom(data: unknown): Estimator {
  return Estimator.fromModelData(checkedModel(data))
}

/**
 * A model of any kind from the data that `toJSON` gave.
 * @throws {ModelFormatError} when the data is no model, or of a kind or version that is not known
 * @example
 * const scaler = await new ml.StandardScaler().fit([[1], [3]])
 * ml.fromJSON(JSON.parse(JSON.stringify(scaler))).kind // 'StandardScaler'
 */
export const fromJSON = (data: unknown): Estimator => modelFrom(data)
