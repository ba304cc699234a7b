// Texts as sparse rows: HashingVectorizer and TfidfVectorizer.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import {
  hashTexts,
  mergeWords,
  type Norm,
  type WordCounts,
  weighTexts,
  wordsOfBlock,
} from '../../kernels/ml/preprocessing/texts.ts'
import { findsOf } from '../../kernels/ml/preprocessing/tokenPattern.ts'
import {
  type Analyzer,
  type StopWords,
  type StripAccents,
  TOKEN_PATTERN,
  type WordOptions,
} from '../../kernels/ml/preprocessing/words.ts'
import { ParameterError, registerEstimator, requireChoices, requireCounts } from '../contract/estimator.ts'
import { type Features, knownRows, type Rows, rowsOf } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { Transformer, type TransformStep, transformStep } from '../contract/transformer.ts'

interface TextParams {
  /** Whether letters' case is ignored; true. */
  lowercase: boolean
  /**
   * Whether accents are left out: `'unicode'` takes letters apart and leaves out marks, `'ascii'` whatever is none of ASCII's besides;
   * null, not at all.
   */
  stripAccents: StripAccents
  /**
   * What is counted: `'word'`; `'char'`, letters in a row; `'charWb'`, letters of one word in a row, a space on either side of it
   * being one. `'word'`.
   */
  analyzer: Analyzer
  /** Words or letters in a row that make one: from, to; `[1, 1]`. */
  ngramRange: readonly [from: number, to: number]
  /**
   * Words that are left out, before others stand in rows: a list of them, as they are after `lowercase` and `stripAccents`, or
   * `'english'` for scikit-learn's list. Letters in a row have none. null.
   */
  stopWords: StopWords
  /**
   * What a word is, as a regular expression of Python's: what it finds, or what its one group holds. Two letters, digits or
   * underscores or more: `'(?u)\\b\\w\\w+\\b'`.
   */
  tokenPattern: string
  /** Whether a word counts once however often it occurs; false. */
  binary: boolean
  /** How rows are brought to length 1; `'l2'`. */
  norm: Norm
}

const TEXT_PARAMS: TextParams = {
  lowercase: true,
  stripAccents: null,
  analyzer: 'word',
  ngramRange: [1, 1],
  stopWords: null,
  tokenPattern: TOKEN_PATTERN,
  binary: false,
  norm: 'l2',
}

/** Vectorizers give sparse rows, whatever the texts came as: `transformRows` and `toArray` make others of them. */
abstract class Vectorizer<P extends TextParams, S extends object> extends Transformer<P, S> {
  protected override checkParams(): void {
    const { analyzer, stripAccents, stopWords, tokenPattern, norm, ngramRange } = this.params
    requireChoices(this.kind, {
      analyzer: [analyzer, 'word', 'char', 'charWb'],
      norm: [norm, 'l1', 'l2', 'none'],
      stripAccents: [stripAccents, 'ascii', 'unicode', null],
    })
    const isRange = (given: readonly unknown[]): boolean =>
      given.length === 2 && isCount(given[0]) && isCount(given[1]) && given[0] <= given[1]
    if (!Array.isArray(ngramRange) || !isRange(ngramRange))
      throw new ParameterError(
        `ngramRange of ${this.kind} is two whole numbers ≥ 1 that do not fall, as [1, 2], not ${JSON.stringify(ngramRange)}`,
      )
    if (stopWords !== null && stopWords !== 'english')
      requireWords(this.kind, 'stopWords', stopWords, "'english', ")
    if (typeof tokenPattern !== 'string')
      throw new ParameterError(
        `tokenPattern of ${this.kind} is a text, a regular expression of Python's, not ${String(tokenPattern)}`,
      )
    try {
      findsOf(tokenPattern)
    } catch (error) {
      throw new ParameterError(`tokenPattern of ${this.kind} ${(error as Error).message}`, { cause: error })
    }
  }

  /** What tasks need to know to make words of texts. */
  protected get words(): WordOptions & { who: string } {
    const { lowercase, stripAccents, analyzer, ngramRange, stopWords, tokenPattern } = this.params
    return { who: this.kind, lowercase, stripAccents, analyzer, ngramRange, stopWords, tokenPattern }
  }

  get featuresIn(): number {
    return 1
  }

  /** The texts as sparse rows; `toArray()` of them is dense. */
  vectorize(x: Features): Rows {
    return this.transformRows(rowsOf(x, this.kind))
  }

  override namesOut(): readonly string[] | undefined {
    return undefined
  }
}

export interface HashingVectorizerParams extends TextParams {
  /** Columns; 2^20. */
  nFeatures: number
  /** Whether the hash's sign is the word's; true. */
  alternateSign: boolean
}

/**
 * Words hashed to columns by MurmurHash3, as scikit-learn's: nothing is learnt, so every block can be done alone.
 * @example
 * const hashing = new ml.HashingVectorizer({ nFeatures: 8, binary: true, norm: 'none', analyzer: 'charWb', ngramRange: [3, 3] })
 * const rows = await hashing.vectorize(['warp', 'weft']).toArray().compute()
 * rows.shape // [2, 8]
 */
export class HashingVectorizer extends Vectorizer<HashingVectorizerParams, object> {
  static readonly kind = 'HashingVectorizer'
  constructor(params: Partial<HashingVectorizerParams> = {}) {
    super({ ...TEXT_PARAMS, nFeatures: 2 ** 20, alternateSign: true }, params)
  }

  protected override checkParams(): void {
    super.checkParams()
    const { nFeatures } = this.params
    requireCounts(this.kind, { nFeatures })
    if (nFeatures >= 2 ** 31)
      throw new ParameterError(`nFeatures of ${this.kind} is below 2^31, not ${nFeatures}`)
  }

  async fit(_x?: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    return this.learnt({})
  }

  step(): TransformStep {
    const { nFeatures: features, alternateSign, binary, norm } = this.params
    return transformStep(hashTexts, { ...this.words, features, alternateSign, binary, norm }, features)
  }
}

export interface TfidfVectorizerParams extends TextParams {
  /** Words in fewer texts are left out: a count, or a share below 1; 1. */
  minDf: number
  /** Words in more texts are left out: a share up to 1, or a count above; 1. */
  maxDf: number
  /** Only the most frequent words, of equally frequent ones the first in order; all of them where `Infinity`. */
  maxFeatures: number
  /** Whether rare words weigh more; true. */
  useIdf: boolean
  /** Whether every word is counted as once in one more text; true. */
  smoothIdf: boolean
  /** Whether a count n weighs 1 + log n; false. */
  sublinearTf: boolean
  /** The words to count, in the order of the columns, whatever the texts hold; null: those of the texts that `fit` learns. */
  vocabulary: readonly string[] | null
}

interface TfidfState {
  vocabulary: string[]
  idf: Float64Array
}

/**
 * Words counted by a vocabulary that is learnt, or given, and weighed by how rare they are.
 * @example
 * const words = await new ml.TfidfVectorizer({ stopWords: 'english', stripAccents: 'unicode' }).fit(['The café', 'a café and a heddle'])
 * words.vocabulary // ['cafe', 'heddle']
 */
export class TfidfVectorizer extends Vectorizer<TfidfVectorizerParams, TfidfState> {
  static readonly kind = 'TfidfVectorizer'
  constructor(params: Partial<TfidfVectorizerParams> = {}) {
    super(
      {
        ...TEXT_PARAMS,
        minDf: 1,
        maxDf: 1,
        maxFeatures: Number.POSITIVE_INFINITY,
        useIdf: true,
        smoothIdf: true,
        sublinearTf: false,
        vocabulary: null,
      },
      params,
    )
  }

  protected override checkParams(): void {
    super.checkParams()
    const { minDf, maxDf, maxFeatures, vocabulary } = this.params
    for (const [name, value] of Object.entries({ minDf, maxDf }))
      if (!(value >= 0 && (value <= 1 || Number.isInteger(value))))
        throw new ParameterError(
          `${name} of ${this.kind} is a share from 0 to 1, or a whole number of texts, not ${value}`,
        )
    if (maxFeatures !== Number.POSITIVE_INFINITY) requireCounts(this.kind, { maxFeatures })
    if (vocabulary === null) return
    requireWords(this.kind, 'vocabulary', vocabulary)
    if (vocabulary.length === 0)
      throw new ParameterError(
        `vocabulary of ${this.kind} has at least one word; null learns those of the texts`,
      )
    const seen = new Set<string>()
    const twice = vocabulary.find((word) => seen.size === seen.add(word).size)
    if (twice !== undefined)
      throw new ParameterError(`vocabulary of ${this.kind} has ${JSON.stringify(twice)} twice`)
  }

  /** @throws {MlDataError} when there are no words, or none are left */
  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    const rows = await knownRows(this.kind, x)
    const counted = await rows.blocks.map(wordsOfBlock, this.words).reduce(mergeWords)
    const vocabulary = this.params.vocabulary ?? this.#wordsOf(counted)
    const more = this.params.smoothIdf ? 1 : 0
    const idf = Float64Array.from(vocabulary, (word) => {
      const [texts] = counted.words.get(word) ?? [0]
      return Math.log((counted.texts + more) / (texts + more)) + 1
    })
    return this.learnt({ vocabulary: [...vocabulary], idf })
  }

  /** The words of texts, in rising order, but for those that are too rare or too common. */
  #wordsOf({ words, texts: all }: WordCounts): string[] {
    const { minDf, maxDf, maxFeatures, binary } = this.params
    const least = minDf < 1 ? minDf * all : minDf
    const most = maxDf <= 1 ? maxDf * all : maxDf
    let kept = [...words].filter(([, [texts]]) => texts >= least && texts <= most)
    if (words.size === 0)
      throw new MlDataError(
        `${this.kind} finds no words in the texts: none has what analyzer and tokenPattern look for, or there are only stopWords`,
      )
    if (kept.length === 0)
      throw new MlDataError(`${this.kind} finds no words that are left by minDf ${minDf} and maxDf ${maxDf}`)
    if (kept.length > maxFeatures) {
      const times = binary ? 0 : 1
      kept.sort((a, b) => b[1][times] - a[1][times] || byCodePoints(a[0], b[0]))
      kept = kept.slice(0, maxFeatures)
    }
    return kept.map(([word]) => word).sort(byCodePoints)
  }

  /** The words, in the order of the columns. */
  get vocabulary(): readonly string[] {
    return this.fitted.vocabulary
  }
  /** The weight of each word. */
  get idf(): Float64Array {
    return this.fitted.idf
  }

  step(): TransformStep {
    const { norm, sublinearTf: sublinear, useIdf, binary } = this.params
    const { vocabulary, idf } = this.fitted
    const weights = useIdf ? idf : null
    return transformStep(
      weighTexts,
      { ...this.words, vocabulary, weights, sublinear, binary, norm },
      vocabulary.length,
    )
  }

  override namesOut(): readonly string[] {
    return this.fitted.vocabulary
  }
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1

/** @throws {ParameterError} when a parameter is no list of texts */
function requireWords(kind: string, name: string, value: unknown, others = ''): void {
  const isIt = Array.isArray(value) && value.every((word) => typeof word === 'string')
  if (!isIt)
    throw new ParameterError(
      `${name} of ${kind} is ${others}a list of texts, or null, not ${JSON.stringify(value) ?? String(value)}`,
    )
}

/** As Python orders texts, and UTF-8 bytes: JavaScript's own order differs beyond U+FFFF. */
const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

for (const type of [HashingVectorizer, TfidfVectorizer]) registerEstimator(type)
