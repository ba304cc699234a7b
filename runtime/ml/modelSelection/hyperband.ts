// HyperbandSearchCV: many candidates learn a little, the better ones more.

import { callOf, computeAll } from '../../collections/compute.ts'
import { prepareInputs } from '../../collections/delayed/node.ts'
import type { Collection } from '../../graph/collection.ts'
import { withCurve } from '../../graph/curve.ts'
import { announceNode, buildNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import type { Sample } from '../../kernels/ml/block.ts'
import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import { type Learning, trainScoreTask } from '../../kernels/ml/fitTask.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { drawnSample, stackSamples } from '../../kernels/ml/sample.ts'
import { rowsOfSample } from '../../kernels/ml/trees/samples.ts'
import { Blocks } from '../contract/blocks.ts'
import { fromJSON, NotFittedError, ParameterError } from '../contract/estimator.ts'
import { learnsInParts } from '../contract/partial.ts'
import type { AnyPredictor, LabelOf, Predicted } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { samplesOf, type Target } from '../contract/samples.ts'
import { startsOf } from '../contract/starts.ts'
import { drawnParams, type ParamDistributions, type ParamSet } from './distributions.ts'
import { scorerNamed } from './scoring.ts'

/** Rounds of one bracket: how many candidates, and how many parts each has learnt from at the round's end. */
export interface HyperbandBracket {
  bracket: number
  rounds: { candidates: number; calls: number }[]
}

/**
 * The brackets of a search: Li and others, "Hyperband" (2018), algorithm 1.
 * @param maxIter parts that a candidate learns from at most
 * @param aggressiveness each round keeps one candidate of so many
 * @example ml.bracketsOf(9, 3).map(({ rounds }) => rounds.map(({ candidates, calls }) => [candidates, calls])) // [[[9, 1], [3, 3], [1, 9]], [[5, 3], [1, 9]], [[3, 9]]]
 */
export function bracketsOf(maxIter: number, aggressiveness: number): HyperbandBracket[] {
  const most = Math.floor(Math.log(maxIter) / Math.log(aggressiveness) + 1e-9)
  return Array.from({ length: most + 1 }, (_, i) => {
    const bracket = most - i
    const first = Math.ceil(((most + 1) / (bracket + 1)) * aggressiveness ** bracket - 1e-9)
    const rounds = Array.from({ length: bracket + 1 }, (_each, round) => ({
      candidates: Math.max(1, Math.floor(first / aggressiveness ** round + 1e-9)),
      calls: Math.max(1, Math.floor(maxIter / aggressiveness ** (bracket - round) + 1e-9)),
    }))
    return { bracket, rounds }
  })
}

export interface HyperbandOptions {
  /** Parts that a candidate learns from at most; 81. */
  maxIter?: number
  /** Each round keeps one candidate of so many; 3. */
  aggressiveness?: number
  /** The share of rows that candidates are scored on; 0.2. */
  testSize?: number
  /** By which score to choose; the model's own by default. */
  scoring?: string
  /** Equal seeds draw equal candidates and rows; 0. */
  seed?: number
}

/** How one candidate did. */
export interface HyperbandResult {
  params: ParamSet
  bracket: number
  /** The last score, and how many parts it had learnt from. */
  score: number
  calls: number
  /** 1 for the best; equal scores have equal ranks. */
  rank: number
}

interface Candidate {
  params: ParamSet
  bracket: number
  model: unknown
  score: number
  calls: number
}

/**
 * Searches parameters of a model with `partialFit`: brackets differ in how many candidates begin and how soon the worse ones
 * end. A part is a block of the rows: candidates take them in turn, so what they learn depends on the cut. Each round of a
 * candidate is a task, of all brackets at once.
 * @example
 * const x = array.linspace(-1, 1, 400, { chunks: 50 }).reshape([400, 1])
 * const search = new ml.HyperbandSearchCV(new ml.SGDRegressor(), { eta0: [1e-7, 0.1] }, { maxIter: 9 })
 * await search.fit(x, x.reshape([400]).multiply(3))
 * search.bestParams // { eta0: 0.1 }
 */
export class HyperbandSearchCV<E extends AnyPredictor> {
  readonly estimator: E
  readonly distributions: ParamDistributions
  readonly brackets: readonly HyperbandBracket[]
  readonly #options: Required<Omit<HyperbandOptions, 'scoring'>> & { scoring: string | null }
  #results: HyperbandResult[] | undefined
  #best: E | undefined

  /** @throws {ParameterError} when the estimator has no `partialFit` */
  constructor(estimator: E, distributions: ParamDistributions, options: HyperbandOptions = {}) {
    const { maxIter = 81, aggressiveness = 3, testSize = 0.2, scoring = null, seed = 0 } = options
    if (!learnsInParts(estimator))
      throw new ParameterError(`${estimator.kind} does not learn in parts: it has no partialFit`)
    if (!Number.isInteger(maxIter) || maxIter < 1)
      throw new ParameterError(`maxIter is a whole number ≥ 1, not ${maxIter}`)
    if (!(aggressiveness > 1)) throw new ParameterError(`aggressiveness is above 1, not ${aggressiveness}`)
    if (!(testSize > 0 && testSize < 1))
      throw new ParameterError(`testSize is between 0 and 1, not ${testSize}`)
    scorerNamed(scoring)
    this.estimator = estimator
    this.distributions = distributions
    this.brackets = bracketsOf(maxIter, aggressiveness)
    this.#options = { maxIter, aggressiveness, testSize, scoring, seed }
  }

  /** How many candidates there are, and how many parts they learn from in all. */
  get metadata(): { models: number; partialFitCalls: number } {
    const models = this.brackets.reduce((sum, { rounds }) => sum + rounds[0].candidates, 0)
    const partialFitCalls = this.brackets.reduce(
      (sum, { rounds }) =>
        sum +
        rounds.reduce(
          (own, { candidates, calls }, i) => own + candidates * (calls - (i === 0 ? 0 : rounds[i - 1].calls)),
          0,
        ),
      0,
    )
    return { models, partialFitCalls }
  }

  async fit(x: Features, y: Target): Promise<this> {
    const { testSize, seed } = this.#options
    const { blocks } = await samplesOf(this.estimator.kind, x, y)
    const lengths = await blocks.map(rowsOfSample, undefined).gather()
    const starts = Blocks.here(startsOf(lengths))
    const draw = (below: boolean): Blocks<Sample> =>
      blocks.map(drawnSample, { share: testSize, seed, below }, starts)
    const train = await draw(false).persist()
    const held = draw(true)
    const counts = await held.map(rowsOfSample, undefined).gather()
    if (counts.every((count) => count === 0)) throw new MlDataError('there are too few rows to hold some out')
    const classes = this.estimator.classifies
      ? await blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
      : null
    let all: Candidate[] = []
    let going = this.brackets.map(({ bracket, rounds }) =>
      drawnParams(this.distributions, rounds[0].candidates, seed * 1009 + bracket).map((params) => ({
        params,
        bracket,
        model: this.estimator
          .clone()
          .setParams(params as never)
          .toJSON() as unknown,
        score: Number.NaN,
        calls: 0,
      })),
    )
    const most = Math.max(...this.brackets.map(({ rounds }) => rounds.length))
    await withCurve('HyperbandSearchCV', most, async (tell) => {
      for (let round = 0; going.some((each) => each.length > 0); round++) {
        const flat = going.flatMap((own, i) =>
          own.map((candidate) => ({ candidate, calls: this.brackets[i].rounds[round].calls })),
        )
        const trained = await this.#train(flat, classes, train, held)
        const kept = going.map((own, i) => {
          const next = this.brackets[i].rounds[round + 1]
          return next ? Math.min(own.length, next.candidates) : 0
        })
        going = going.map((_, i) => trained.filter(({ bracket }) => bracket === this.brackets[i].bracket))
        const survivors = going.map((own, i) => [...own].sort(byScore).slice(0, kept[i]))
        all = all.concat(going.flatMap((own, i) => own.filter((each) => !survivors[i].includes(each))))
        going = survivors
        const best = trained.map(({ score }) => score).filter((score) => !Number.isNaN(score))
        tell(round + 1, best.length > 0 ? { 'best score': Math.max(...best) } : {})
      }
    })
    const sorted = all.sort(byScore)
    this.#results = sorted.map(({ params, bracket, score, calls }) => ({
      params,
      bracket,
      score,
      calls,
      rank: 1 + sorted.filter((other) => byScore(other, { score, calls }) < 0).length,
    }))
    this.#best = fromJSON(sorted[0].model) as unknown as E
    return this
  }

  async #train(
    flat: readonly { candidate: Candidate; calls: number }[],
    classes: readonly (number | string)[] | null,
    train: Blocks<Sample>,
    held: Blocks<Sample>,
  ): Promise<Candidate[]> {
    const jobs = flat.map(({ candidate, calls }) => ({
      learning: { model: candidate.model, classes },
      from: candidate.calls,
      to: calls,
    }))
    const tasks = new HyperbandTasks(train, held, jobs, this.#options.scoring)
    const [answers] = (await computeAll([tasks], callOf('fit'))) as [{ model: unknown; score: number }[]]
    return flat.map(({ candidate, calls }, i) => ({ ...candidate, ...answers[i], calls }))
  }

  /** How each candidate did, the best first. */
  get results(): readonly HyperbandResult[] {
    if (!this.#results) throw new NotFittedError('this search has not run yet: call fit first')
    return this.#results
  }
  get bestParams(): ParamSet {
    return this.results[0].params
  }
  get bestScore(): number {
    return this.results[0].score
  }

  /** The best candidate, as it has learnt. */
  get bestEstimator(): E {
    if (!this.#best) throw new NotFittedError('this search has not run yet: call fit first')
    return this.#best
  }

  predict<X extends Features>(x: X): Predicted<X, LabelOf<E>> {
    return this.bestEstimator.predict(x) as Predicted<X, LabelOf<E>>
  }

  score(x: Features, y: Target): Promise<number> {
    return this.bestEstimator.score(x, y)
  }
}

/** Greater scores first; of equal ones those that learnt from more. NaN is last. */
const byScore = (a: Pick<Candidate, 'score' | 'calls'>, b: Pick<Candidate, 'score' | 'calls'>): number =>
  (Number.isNaN(a.score) ? 1 : 0) - (Number.isNaN(b.score) ? 1 : 0) ||
  b.score - a.score ||
  b.calls - a.calls ||
  0

interface Job {
  learning: Learning
  /** Parts that it has learnt from, and is to have learnt from. */
  from: number
  to: number
}

/** One round of all candidates: a task each. */
class HyperbandTasks implements Collection<{ model: unknown; score: number }[]> {
  readonly collectionKind = 'ml'
  readonly #train: Blocks<Sample>
  readonly #held: Blocks<Sample>
  readonly #jobs: readonly Job[]
  readonly #scoring: string | null

  constructor(train: Blocks<Sample>, held: Blocks<Sample>, jobs: readonly Job[], scoring: string | null) {
    this.#train = train
    this.#held = held
    this.#jobs = jobs
    this.#scoring = scoring
  }

  announce(graph: TaskGraph): void {
    announceNode(graph, this.#train.node)
    announceNode(graph, this.#held.node)
  }

  async prepare(): Promise<void> {
    await prepareInputs(this.#train.node)
    await prepareInputs(this.#held.node)
  }

  buildTasks(graph: TaskGraph): readonly unknown[] {
    const parts = buildNode(graph, this.#train.node)
    const stacking = graph.addGroup({ fn: stackSamples, name: 'stack', kind: 'ml.fit' })
    const held = graph.addTask(stacking, [...buildNode(graph, this.#held.node)])
    const training = graph.addGroup({
      fn: trainScoreTask,
      bound: [this.#scoring],
      name: 'trainScore',
      kind: 'ml.fit',
    })
    return this.#jobs.map(({ learning, from, to }) => {
      const blocks = Array.from({ length: to - from }, (_, i) => parts[(from + i) % parts.length])
      return graph.addTask(training, [learning, held, ...blocks])
    })
  }

  assemble(results: readonly unknown[]): { model: unknown; score: number }[] {
    return results as { model: unknown; score: number }[]
  }

  standingOn(): HyperbandTasks {
    return this
  }
}
