// Texts as sparse rows: HashingVectorizer and TfidfVectorizer.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import {
  hashTexts,
  mergeWords,
  type Norm,
  weighTexts,
  wordsOfBlock,
} from '../../kernels/ml/preprocessing/texts.ts'
import { registerEstimator } from '../contract/estimator.ts'
import { type Features, knownRows, type Rows, rowsOf } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { Transformer, type TransformStep, transformStep } from '../contract/transformer.ts'

interface TextParams {
  /** Whether letters' case is ignored; true. */
  lowercase: boolean
  /** Words in a row that make one: from, to; `[1, 1]`. */
  ngramRange: readonly [from: number, to: number]
  /** How rows are brought to length 1; `'l2'`. */
  norm: Norm
}

/** Vectorizers give sparse rows, whatever the texts came as: `transformRows` and `toArray` make others of them. */
abstract class Vectorizer<P extends TextParams, S extends object> extends Transformer<P, S> {
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
  /** Whether a word counts once however often it occurs; false. */
  binary: boolean
}

/** Words hashed to columns by MurmurHash3, as scikit-learn's: nothing is learnt, so every block can be done alone. */
export class HashingVectorizer extends Vectorizer<HashingVectorizerParams, object> {
  static readonly kind = 'HashingVectorizer'
  constructor(params: Partial<HashingVectorizerParams> = {}) {
    super(
      {
        nFeatures: 2 ** 20,
        alternateSign: true,
        binary: false,
        lowercase: true,
        ngramRange: [1, 1],
        norm: 'l2',
      },
      params,
    )
  }

  async fit(_x?: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    return this.learnt({})
  }

  step(): TransformStep {
    const { nFeatures: features, ...rest } = this.params
    return transformStep(hashTexts, { who: this.kind, features, ...rest }, features)
  }
}

export interface TfidfVectorizerParams extends TextParams {
  /** Words in fewer texts are left out: a count, or a share below 1; 1. */
  minDf: number
  /** Words in more texts are left out: a share up to 1, or a count above; 1. */
  maxDf: number
  /** Only the most frequent words; all of them where `Infinity`. */
  maxFeatures: number
  /** Whether rare words weigh more; true. */
  useIdf: boolean
  /** Whether every word is counted as once in one more text; true. */
  smoothIdf: boolean
  /** Whether a count n weighs 1 + log n; false. */
  sublinearTf: boolean
}

interface TfidfState {
  vocabulary: string[]
  idf: Float64Array
}

/** Words counted by a vocabulary that is learnt, and weighed by how rare they are. */
export class TfidfVectorizer extends Vectorizer<TfidfVectorizerParams, TfidfState> {
  static readonly kind = 'TfidfVectorizer'
  constructor(params: Partial<TfidfVectorizerParams> = {}) {
    super(
      {
        minDf: 1,
        maxDf: 1,
        maxFeatures: Number.POSITIVE_INFINITY,
        useIdf: true,
        smoothIdf: true,
        sublinearTf: false,
        lowercase: true,
        ngramRange: [1, 1],
        norm: 'l2',
      },
      params,
    )
  }

  /** @throws {MlDataError} when no words are left */
  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    const { minDf, maxDf, maxFeatures, smoothIdf, lowercase, ngramRange } = this.params
    const rows = await knownRows(this.kind, x)
    const counted = await rows.blocks
      .map(wordsOfBlock, { who: this.kind, lowercase, ngramRange })
      .reduce(mergeWords)
    const least = minDf < 1 ? minDf * counted.texts : minDf
    const most = maxDf <= 1 ? maxDf * counted.texts : maxDf
    let kept = [...counted.words].filter(([, [texts]]) => texts >= least && texts <= most)
    if (kept.length === 0)
      throw new MlDataError(
        `${this.kind} finds no words: the texts have none of two letters or more, or minDf and maxDf leave none`,
      )
    if (kept.length > maxFeatures)
      kept = kept.sort((a, b) => b[1][1] - a[1][1] || byCodePoints(a[0], b[0])).slice(0, maxFeatures)
    kept.sort((a, b) => byCodePoints(a[0], b[0]))
    const more = smoothIdf ? 1 : 0
    return this.learnt({
      vocabulary: kept.map(([word]) => word),
      idf: Float64Array.from(kept, ([, [texts]]) => Math.log((counted.texts + more) / (texts + more)) + 1),
    })
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
    const { lowercase, ngramRange, norm, sublinearTf: sublinear, useIdf } = this.params
    const { vocabulary, idf } = this.fitted
    const weights = useIdf ? idf : null
    return transformStep(
      weighTexts,
      { who: this.kind, lowercase, ngramRange, vocabulary, weights, sublinear, norm },
      vocabulary.length,
    )
  }

  override namesOut(): readonly string[] {
    return this.fitted.vocabulary
  }
}

/** As Python orders texts, and UTF-8 bytes: JavaScript's own order differs beyond U+FFFF. */
const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

for (const type of [HashingVectorizer, TfidfVectorizer]) registerEstimator(type)
