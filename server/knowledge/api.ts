// What the public API gives and takes, as far as an editor has to know it without types: a table, so that a new collection is a few rows.

/** What an expression stands for. */
export type Kind =
  | 'bag'
  | 'array'
  | 'dataframe'
  /** A column of a frame, or an expression of one. */
  | 'series'
  | 'grouped'
  | 'delayed'
  /** One of the above, of which nobody says which. */
  | 'collection'
  | 'delayedFunction'
  | 'client'
  | 'future'
  | 'futures'
  /** `bag`, `array`, `dataframe` themselves: what makes collections. */
  | 'bagModule'
  | 'arrayModule'
  | 'dataframeModule'
  /** Any export of heddle that is none of the above. */
  | 'heddle'

/** Kinds that hold no value yet: an operator or a function of the language sees an object, not a number. */
export const LAZY: ReadonlySet<Kind> = new Set([
  'bag',
  'array',
  'dataframe',
  'series',
  'grouped',
  'delayed',
  'collection',
])
/** Kinds that can be computed. */
export const COLLECTIONS: ReadonlySet<Kind> = new Set([
  'bag',
  'array',
  'dataframe',
  'series',
  'delayed',
  'collection',
])

/** What a collection of which more is not known may be. */
export const ANY_OF: readonly Kind[] = ['bag', 'array', 'dataframe', 'delayed']

/** What all of several kinds are. */
export function commonKind([first, ...others]: readonly (Kind | undefined)[]): Kind | undefined {
  if (others.every((kind) => kind === first)) return first
  const all = [first, ...others].every((kind) => kind && (ANY_OF.includes(kind) || kind === 'collection'))
  return all ? 'collection' : undefined
}

export const KIND_NAMES: Record<Kind, string> = {
  bag: 'bag',
  array: 'array',
  dataframe: 'data frame',
  series: 'column',
  grouped: 'grouped data frame',
  delayed: 'delayed value',
  collection: 'collection',
  delayedFunction: 'delayed function',
  client: 'client',
  future: 'future',
  futures: 'list of futures',
  bagModule: 'module of bags',
  arrayModule: 'module of arrays',
  dataframeModule: 'module of data frames',
  heddle: 'part of heddle',
}

/** What the package exports, by name. */
export const EXPORTS: Readonly<Record<string, Kind>> = {
  bag: 'bagModule',
  array: 'arrayModule',
  dataframe: 'dataframeModule',
  delayed: 'heddle',
  Client: 'heddle',
  col: 'heddle',
  compute: 'heddle',
  persist: 'heddle',
}

/** Kinds by the names of heddle's types. */
export const TYPES: Readonly<Record<string, Kind>> = {
  Bag: 'bag',
  ChunkedArray: 'array',
  DataFrame: 'dataframe',
  Expr: 'series',
  Grouped: 'grouped',
  Delayed: 'delayed',
  DelayedFunction: 'delayedFunction',
  Client: 'client',
  Future: 'future',
}

/** Calls of an export itself: `delayed(f)`, `col('a')`. */
export const CALLS: Readonly<Record<string, Kind>> = {
  delayed: 'delayedFunction',
  ...gives('series', ['col', 'lit', 'coalesce', 'struct', 'len']),
}
/** Static methods of exported classes. */
export const STATICS: Readonly<Record<string, Kind>> = {
  local: 'client',
  connect: 'client',
  slurm: 'client',
  ssh: 'client',
}

/**
 * What a method of a kind gives when that is not of the kind itself. `null`: a plain value or a promise of one. A test holds it
 * to the types of the package.
 */
export const METHODS: Readonly<Record<Kind, Readonly<Record<string, Kind | null>>>> = {
  bag: {
    ...gives('delayed', ['fold', 'reduction', 'sum', 'product', 'count']),
    ...gives('delayed', ['mean', 'var', 'std', 'min', 'max', 'any', 'all']),
    toDataFrame: 'dataframe',
    ...none(['toDelayed', 'randomSplit', 'prepare']),
  },
  array: none(['prepare', 'explain', 'toNpy', 'toZarr', 'store']),
  dataframe: {
    ...gives('grouped', ['groupBy', 'resample', 'rolling']),
    ...gives('delayed', ['len', 'nUnique', 'quantile']),
    ...gives('bag', ['categories', 'toBag', 'toParquet', 'toCsv', 'toJsonLines', 'toIpc']),
    ...none(['toRecords', 'toArrow', 'explain', 'divisions', 'randomSplit', 'prepare']),
  },
  series: {},
  grouped: gives('dataframe', ['agg', 'reduction', 'len', 'apply']),
  delayed: {},
  collection: {},
  delayedFunction: {},
  client: { submit: 'future', map: 'futures', scatter: 'future', with: 'client' },
  future: { key: null, status: null },
  futures: {},
  bagModule: {},
  arrayModule: none(['histogram', 'unique', 'indices', 'meshgrid']),
  dataframeModule: {},
  heddle: {},
}

/** Methods of every collection: what they give is none. */
export const ENDINGS: Readonly<Record<string, Kind | null>> = {
  compute: null,
  visualize: null,
  result: null,
  gather: null,
  exception: null,
  close: null,
  toString: null,
}

/** What anything of a module gives that is not listed: `array.zeros(…)` is an array. */
export const MADE_BY: Partial<Record<Kind, Kind>> = {
  bagModule: 'bag',
  arrayModule: 'array',
  dataframeModule: 'dataframe',
}

/** Methods of a client and of collections that take the user's functions run them as tasks; these take functions that run here. */
export const RUNS_HERE: ReadonlySet<string> = new Set([
  'compute',
  'persist',
  'visualize',
  'gather',
  'then',
  'catch',
  'finally',
  'pipe',
])

/** Bytes of one element, by the constructors of large values. */
export const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  Float64Array: 8,
  BigInt64Array: 8,
  BigUint64Array: 8,
  Float32Array: 4,
  Int32Array: 4,
  Uint32Array: 4,
  Int16Array: 2,
  Uint16Array: 2,
  Int8Array: 1,
  Uint8Array: 1,
  Uint8ClampedArray: 1,
  ArrayBuffer: 1,
  SharedArrayBuffer: 1,
  Array: 8,
}

/** What cannot be sent to a worker, by the class that is made or the function that opens it, with the way out. */
export const CANNOT_TRAVEL: Readonly<Record<string, { what: string; remedy: string }>> = {
  ...cannot('make it inside the function, or once a worker with perWorker(() => …)', [
    ...['WeakRef', 'EventEmitter', 'Worker', 'MessageChannel', 'Server', 'Socket'],
    ...['AbortController', 'FinalizationRegistry', 'BroadcastChannel'],
  ]),
  ...cannot('open it inside the function, or once a worker with perWorker(() => …)', [
    ...['createReadStream', 'createWriteStream', 'createServer', 'createConnection', 'createInterface'],
    ...['openSync', 'spawn', 'fork', 'watch', 'setTimeout', 'setInterval', 'setImmediate'],
  ]),
  Promise: { what: 'a Promise', remedy: 'await it first' },
  fetch: { what: 'a Promise', remedy: 'await it first' },
}

function none(names: readonly string[]): Record<string, null> {
  return Object.fromEntries(names.map((name) => [name, null]))
}

function gives(kind: Kind, names: readonly string[]): Record<string, Kind> {
  return Object.fromEntries(names.map((name) => [name, kind]))
}

function cannot(remedy: string, names: readonly string[]): Record<string, { what: string; remedy: string }> {
  const article = (name: string): string => (/^[AEIOU]/.test(name) ? 'an' : 'a')
  return Object.fromEntries(
    names.map((name) => [
      name,
      { what: /^[A-Z]/.test(name) ? `${article(name)} ${name}` : `what ${name}() gives`, remedy },
    ]),
  )
}
