// The classification report: precision, recall and F1 of every class, their averages, and all of it as a text.

import type { Label } from '../contract/predictor.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { contingency, sumOf } from './classification.ts'

/** How well rows are predicted: those of one class, or on average. */
export interface ReportedScores {
  precision: number
  recall: number
  f1: number
  /** Weight of the rows that are of the class. */
  support: number
}

export interface ClassificationReport {
  /** Classes in rising order. */
  classes: (ReportedScores & { label: Label })[]
  accuracy: number
  /** The mean of the classes. */
  macroAverage: ReportedScores
  /** The mean by how often each class occurs. */
  weightedAverage: ReportedScores
  /** All of it as a table, two digits each: scikit-learn's text. */
  text: string
}

/**
 * Precision, recall and F1 of every class, and their averages.
 * @example
 * const report = await ml.metrics.classificationReport(['a', 'b', 'b'], ['a', 'b', 'a'])
 * report.classes[1] // { label: 'b', precision: 1, recall: 0.5, f1: 0.6666666666666666, support: 2 }
 */
export async function classificationReport(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<ClassificationReport> {
  const { labels, counts } = await contingency(actual, predicted, options)
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
  const classes = labels.map((label) => {
    const right = sumOf(counts, (a, p) => a === label && p === label)
    const said = sumOf(counts, (_, p) => p === label)
    const support = sumOf(counts, (a) => a === label)
    return {
      label,
      precision: share(right, said),
      recall: share(right, support),
      f1: share(2 * right, said + support),
      support,
    }
  })
  const support = sumOf(counts, () => true)
  const averaged = (shareOf: (own: ReportedScores) => number): ReportedScores => {
    const mean = (pick: 'precision' | 'recall' | 'f1'): number =>
      classes.reduce((sum, own) => sum + own[pick] * shareOf(own), 0)
    return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1'), support }
  }
  const report = {
    classes,
    accuracy: sumOf(counts, (a, p) => a === p) / support,
    macroAverage: averaged(() => 1 / classes.length),
    weightedAverage: averaged((own) => own.support / support),
  }
  return { ...report, text: textOf(report) }
}

function textOf(report: Omit<ClassificationReport, 'text'>): string {
  const { classes, accuracy, macroAverage, weightedAverage } = report
  const names = classes.map(({ label }) => String(label))
  const width = Math.max(...names.map(({ length }) => length), 'weighted avg'.length)
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padStart(width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join('')}\n`
  const scores = ({ precision, recall, f1, support }: ReportedScores): string[] => [
    ...[precision, recall, f1].map((each) => each.toFixed(2)),
    String(support),
  ]
  return [
    line('', ['precision', 'recall', 'f1-score', 'support']),
    '\n',
    ...classes.map((own, i) => line(names[i], scores(own))),
    '\n',
    line('accuracy', ['', '', accuracy.toFixed(2), String(macroAverage.support)]),
    line('macro avg', scores(macroAverage)),
    line('weighted avg', scores(weightedAverage)),
  ].join('')
}
