// Vectorizers against scikit-learn's answers for awkward texts, whichever way they are cut; and patterns of words against Python's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { withoutAccents } from '../../runtime/kernels/ml/preprocessing/accents.ts'
import { ENGLISH_STOP_WORDS } from '../../runtime/kernels/ml/preprocessing/englishStopWords.ts'
import { findsOf, TokenPatternError } from '../../runtime/kernels/ml/preprocessing/tokenPattern.ts'
import { TOKEN_PATTERN, wordsOf } from '../../runtime/kernels/ml/preprocessing/words.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close } from './kit.ts'

computeInProcess()

/** Lists of numbers are texts, with spaces between. */
interface Rows {
  starts: string
  places: string
  data: string
  vocabulary?: string[]
  idf?: string | null
  refused?: undefined
}
interface Case {
  kind: 'HashingVectorizer' | 'TfidfVectorizer'
  name: string
  options: Record<string, unknown>
  /** Other texts than the awkward ones. */
  texts?: string[]
  answer: Rows | { refused: string }
}
interface Answers {
  texts: string[]
  cases: Case[]
  stopWords: string[]
  patternTexts: string[]
  patterns: [pattern: string, found: string[][] | { refused: string }][]
  accents: [unicode: string, ascii: string][]
  characters: Record<'assigned' | 'word' | 'digit' | 'space' | 'combining', string>
}
const answers = answersOf<never>('vectorizers') as unknown as Answers

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
const paramsOf = (options: Case['options']): object =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      if (name === 'norm' && value === null) return ['norm', 'none']
      return [camel(name), name === 'analyzer' ? camel(value as string) : value]
    }),
  )
const made = ({ kind, options }: Case): ml.HashingVectorizer | ml.TfidfVectorizer =>
  kind === 'HashingVectorizer'
    ? new ml.HashingVectorizer(paramsOf(options))
    : new ml.TfidfVectorizer(paramsOf(options))

const numbersOf = (list: string): number[] => (list === '' ? [] : list.split(' ').map(Number))

const CUTS = [1, 3, 7]

for (const own of answers.cases)
  test(`${own.kind}, ${own.name}: scikit-learn's rows and words, for any cut`, async () => {
    const texts = own.texts ?? answers.texts
    const { answer } = own
    for (const given of [texts, ...CUTS.map((partitions) => bag.fromSequence(texts, { partitions }))]) {
      if (answer.refused !== undefined) {
        await assert.rejects(made(own).fit(given), { name: 'MlDataError', message: /finds no words/ })
        continue
      }
      const model = await made(own).fit(given)
      const rows = await model.vectorize(given).compute()
      assert.ok(!(rows instanceof NdArray) && 'starts' in rows)
      assert.deepEqual([...(rows.starts as Int32Array)], numbersOf(answer.starts))
      assert.deepEqual([...(rows.places as Int32Array)], numbersOf(answer.places))
      close(rows.data, numbersOf(answer.data), 1e-12)
      if (!(model instanceof ml.TfidfVectorizer)) continue
      assert.deepEqual(model.vocabulary, answer.vocabulary)
      if (answer.idf) close([...model.idf].map(finite), numbersOf(answer.idf).map(finite), 1e-12)
    }
  })

/** Infinity as a number that can be compared. */
const finite = (value: number): number => (Number.isFinite(value) ? value : Number.MAX_VALUE)

for (const [pattern, found] of answers.patterns)
  test(`${JSON.stringify(pattern)} finds what it finds in Python`, () => {
    if ('refused' in found) assert.throws(() => findsOf(pattern), TokenPatternError)
    else assert.deepEqual(answers.patternTexts.map(findsOf(pattern)), found)
  })

test('the standard pattern is found alike by itself and as a pattern', () => {
  const options = { lowercase: false, stripAccents: null, analyzer: 'word', stopWords: null } as const
  const finds = findsOf(TOKEN_PATTERN)
  for (const text of answers.patternTexts)
    assert.deepEqual(
      wordsOf(text, { ...options, ngramRange: [1, 1], tokenPattern: TOKEN_PATTERN }),
      finds(text),
    )
})

test('accents are left out as by scikit-learn', () => {
  answers.texts.forEach((text, i) => {
    assert.deepEqual([withoutAccents(text, 'unicode'), withoutAccents(text, 'ascii')], answers.accents[i])
  })
})

test('every character that Python knows is a letter, a digit, a space or a mark as there', () => {
  const { assigned, ...kinds } = answers.characters
  const [word, digit, space] = ['\\w', '\\d', '\\s'].map(findsOf)
  const holds = {
    word: (letter: string) => word(letter).length > 0,
    digit: (letter: string) => digit(letter).length > 0,
    space: (letter: string) => space(letter).length > 0,
    combining: (letter: string) => withoutAccents(`a${letter}`, 'unicode') === 'a',
  }
  for (const [kind, ranges] of Object.entries(kinds)) {
    const there = new Set(codesOf(numbersOf(ranges)))
    const others = codesOf(numbersOf(assigned)).filter(
      (code) => holds[kind as keyof typeof holds](String.fromCodePoint(code)) !== there.has(code),
    )
    assert.deepEqual(
      others.map((code) => code.toString(16)),
      [],
      kind,
    )
  }
})

/** All code points of ranges that are told by their first and last. */
const codesOf = (ranges: number[]): number[] =>
  ranges.flatMap((first, i) =>
    i % 2 ? [] : Array.from({ length: ranges[i + 1] - first + 1 }, (_, more) => first + more),
  )

test("the English words that are left out are scikit-learn's", () => {
  assert.equal(new Set(ENGLISH_STOP_WORDS).size, 318)
  assert.deepEqual(ENGLISH_STOP_WORDS, answers.stopWords)
})

test('what only Python has, or nobody, is refused with the way out', () => {
  const refused = (params: object, message: string | RegExp): void => {
    for (const make of [
      () => new ml.TfidfVectorizer(params),
      () => new ml.TfidfVectorizer().setParams(params),
    ])
      assert.throws(make, { name: 'ParameterError', message })
  }
  const pattern = (tokenPattern: string, message: string): void =>
    refused({ tokenPattern }, `tokenPattern of TfidfVectorizer ${message}`)
  pattern('(?x)a b', 'begins with the flag x, and those known here are a, i, m, s, u')
  pattern('\\w++', 'repeats by ++, without giving back: JavaScript cannot')
  pattern(
    '(?>a)',
    'has a group that begins (?>a, which is not known here: (…), (?:…), (?P<name>…), (?=…), (?!…), (?<=…), (?<!…) and (?i:…) are',
  )
  pattern(
    '(a)(b)',
    'has 2 groups, and one at most may give the word: write those that only hold together as (?:…)',
  )
  pattern('[a', 'has a [ that no ] ends')
  pattern('\\q', 'has \\q, which Python does not know')
  pattern('*a', 'is no regular expression: Nothing to repeat')
  refused(
    { tokenPattern: /a/ },
    "tokenPattern of TfidfVectorizer is a text, a regular expression of Python's, not /a/",
  )
  refused({ analyzer: 'char_wb' }, 'analyzer of TfidfVectorizer is word, char, charWb, not char_wb')
  refused({ stripAccents: 'all' }, 'stripAccents of TfidfVectorizer is ascii, unicode, null, not all')
  refused(
    { stopWords: 'german' },
    'stopWords of TfidfVectorizer is \'english\', a list of texts, or null, not "german"',
  )
  refused({ stopWords: [1] }, "stopWords of TfidfVectorizer is 'english', a list of texts, or null, not [1]")
  for (const ngramRange of [[2, 1], [0, 1], [1], 3, [1, 1.5], null])
    refused(
      { ngramRange },
      /ngramRange of TfidfVectorizer is two whole numbers ≥ 1 that do not fall, as \[1, 2\], not /,
    )
  refused({ norm: 'max' }, 'norm of TfidfVectorizer is l1, l2, none, not max')
  refused(
    { minDf: 1.5 },
    'minDf of TfidfVectorizer is a share from 0 to 1, or a whole number of texts, not 1.5',
  )
  refused(
    { maxDf: -1 },
    'maxDf of TfidfVectorizer is a share from 0 to 1, or a whole number of texts, not -1',
  )
  refused({ maxFeatures: 0 }, 'maxFeatures of TfidfVectorizer is a whole number ≥ 1, not 0')
  refused({ vocabulary: 'warp' }, 'vocabulary of TfidfVectorizer is a list of texts, or null, not "warp"')
  refused(
    { vocabulary: [] },
    'vocabulary of TfidfVectorizer has at least one word; null learns those of the texts',
  )
  refused({ vocabulary: ['a', 'b', 'a'] }, 'vocabulary of TfidfVectorizer has "a" twice')
  for (const nFeatures of [0, 1.5])
    assert.throws(() => new ml.HashingVectorizer({ nFeatures }), {
      name: 'ParameterError',
      message: `nFeatures of HashingVectorizer is a whole number ≥ 1, not ${nFeatures}`,
    })
  assert.throws(
    () => new ml.HashingVectorizer({ nFeatures: 2 ** 31 }),
    /nFeatures of HashingVectorizer is below 2\^31/,
  )
})

test('vectorizers come back from JSON, those of an older heddle too', async () => {
  const params = {
    stopWords: ['the'],
    stripAccents: 'unicode',
    analyzer: 'word',
    ngramRange: [1, 2],
  } as const
  for (const model of [
    await new ml.TfidfVectorizer({ ...params, vocabulary: ['cafe', 'fox'], smoothIdf: false }).fit(
      answers.texts,
    ),
    await new ml.HashingVectorizer({ ...params, nFeatures: 16 }).fit(),
    await new ml.TfidfVectorizer({ ...params, stopWords: 'english', binary: true }).fit(answers.texts),
  ]) {
    const back = ml.fromJSON(JSON.parse(JSON.stringify(model))) as typeof model
    assert.deepEqual(back.getParams(), model.getParams())
    assert.deepEqual(
      await back.vectorize(answers.texts).compute(),
      await model.vectorize(answers.texts).compute(),
    )
  }
  const model = await new ml.TfidfVectorizer().fit(answers.texts)
  const old = JSON.parse(JSON.stringify(model)) as { params: Record<string, unknown> }
  for (const name of ['analyzer', 'binary', 'stopWords', 'stripAccents', 'tokenPattern', 'vocabulary'])
    delete old.params[name]
  const back = ml.TfidfVectorizer.fromJSON(old)
  assert.deepEqual(back.getParams(), model.getParams())
  assert.deepEqual(
    await back.vectorize(answers.texts).compute(),
    await model.vectorize(answers.texts).compute(),
  )
})
