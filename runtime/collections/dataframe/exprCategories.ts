// Functions of categories, as expressions have them: `col('size').cat.codes(['S', 'M', 'L'])`.

import { nameOf } from '../../kernels/table/expression.ts'
import { type Expr, ExpressionError, type Operand, type Then, when } from './expr.ts'

/**
 * Functions of categories. Which categories a column has differs between partitions, so that those which need all of
 * them take them as a list; `DataFrame.categories` finds them.
 */
export class CategoryFunctions<C extends string, N extends string> {
  readonly #of: Expr<C, N>
  /** @internal */
  constructor(of: Expr<C, N>) {
    this.#of = of
  }

  /** The place of each value in a list of categories, from 0; null where it is not there. */
  codes(categories: readonly string[]): Expr<C, N, number | null> {
    const listed = requireTexts('codes', categories)
    const code = this.#chain(listed.map((category, i) => [category, i] as const))
    return this.#named(code.otherwise(null).cast('int32'))
  }

  /**
   * Other names for categories; those that are not named stay.
   * @example col('size').cat.rename({ S: 'small', L: 'large' })
   */
  rename(names: Readonly<Record<string, string>>): Expr<C, N, string | null> {
    const pairs = Object.entries(names)
    requireTexts('rename', pairs.flat())
    const renamed = this.#chain(pairs).otherwise(this.toText() as Operand<C>)
    return this.#named(renamed.cast('category'))
  }

  /** Several categories as one of another name. */
  merge(categories: readonly string[], into: string): Expr<C, N, string | null> {
    return this.rename(Object.fromEntries(requireTexts('merge', categories).map((each) => [each, into])))
  }

  /** These categories and no others: the rest is null. */
  keep(categories: readonly string[]): Expr<C, N, string | null> {
    const listed = this.#of.isIn(requireTexts('keep', categories))
    return this.#named(
      when(listed as Expr<C>)
        .then(this.#of as Operand<C>)
        .otherwise(null),
    )
  }

  /** All categories but these, which are null. */
  remove(categories: readonly string[]): Expr<C, N, string | null> {
    const listed = this.#of.isIn(requireTexts('remove', categories))
    return this.#named(
      when(listed as Expr<C>)
        .then(null)
        .otherwise(this.#of as Operand<C>),
    )
  }

  /** The categories as texts. */
  toText(): Expr<C, N, string | null> {
    return this.#of.cast('string') as Expr<C, N, string | null>
  }
  length(): Expr<C, N, number | null> {
    return this.#of.str.length()
  }
  startsWith(text: string): Expr<C, N, boolean | null> {
    return this.#of.str.startsWith(text)
  }
  endsWith(text: string): Expr<C, N, boolean | null> {
    return this.#of.str.endsWith(text)
  }
  contains(pattern: string, options: { literal?: boolean } = {}): Expr<C, N, boolean | null> {
    return this.#of.str.contains(pattern, options)
  }
  slice(offset: number, length?: number): Expr<C, N, string | null> {
    return this.#of.str.slice(offset, length)
  }

  /** A value for each category. */
  #chain(pairs: readonly (readonly [category: string, value: string | number])[]): Then<C> {
    const [[category, value], ...rest] = pairs
    const is = (name: string): Expr<C> => this.#of.eq(name) as Expr<C>
    let chain = when(is(category)).then(value) as Then<C>
    for (const [name, other] of rest) chain = chain.when(is(name)).then(other) as Then<C>
    return chain
  }

  #named<V>(made: Expr): Expr<C, N, V> {
    return made.as(nameOf(this.#of.node)) as unknown as Expr<C, N, V>
  }
}

function requireTexts(method: string, texts: readonly string[]): readonly string[] {
  if (!Array.isArray(texts) || texts.length === 0 || texts.some((text) => typeof text !== 'string'))
    throw new ExpressionError(`cat.${method} takes the names of categories, at least one`)
  return texts
}
