// The tags of encoded values: one byte each, in front of what follows them.
//
// An encoding is: flags (1 byte) | the value | states, when the second flag says so | the unit table, when the first flag says so | its offset (u32, little-endian).
// The value part names functions by semantic digest alone, so equal values give equal bytes wherever their code stands;
// where the code is (files, worker modules) is in the unit table behind it. Objects are numbered as they are met, and a
// second meeting is a `seen` tag with the number: shared and cyclic references survive.

/** Flag: a unit table follows the value. */
export const HAS_UNITS = 1
/** Flag: what declarations and weak collections hold follows the value. */
export const HAS_STATES = 2

/** Tags from here on are the integers 0 … 127 themselves. */
export const SMALL_INTEGER = 0x80

export const TAG = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  /** Zigzag varint of a 32-bit integer; −0 is a `double`. */
  integer: 4,
  double: 5,
  /** Varint length, one byte a UTF-16 unit. */
  latin1: 6,
  /** Varint length in UTF-16 units, two bytes each: lone surrogates survive. */
  utf16: 7,
  /** Sign byte, varint length, hexadecimal digits as latin1. */
  bigint: 8,
  symbol: 9,
  wellKnownSymbol: 10,
  seen: 11,
  dependency: 12,
  /** Varint length, items; a `holes` tag with a run length stands for missing ones. */
  array: 13,
  /** Arrays of numbers alone. */
  integerArray: 14,
  doubleArray: 15,
  holes: 16,
  /** An array with named properties of its own: the array's items, then count, keys and values. */
  arrayWithKeys: 17,
  /** Its keys (0 and the keys, or 1 + the number of a key list met before), then the values. */
  object: 18,
  bareObject: 20,
  /** A plain object with symbol keys: the object, then count and pairs. */
  symbolKeys: 21,
  map: 22,
  set: 23,
  date: 24,
  regExp: 25,
  url: 26,
  error: 27,
  domException: 28,
  boxed: 29,
  arrayBuffer: 30,
  sharedArrayBuffer: 31,
  /** View kind, byte length, raw bytes. */
  typedArray: 32,
  /** View kind, offset, length, the buffer as a value of its own. */
  view: 33,
  /** View kind, offset, length, index into `buffers`. */
  sharedView: 34,
  /** A container whose contents come after everything else, since it is nested deeply: kind, then what makes it. */
  later: 35,
  closure: 36,
  functionWithKeys: 37,
  perWorker: 38,
  global: 39,
  imported: 40,
  kernel: 41,
  instance: 42,
  /** An instance of a class with `[fromWorker]`: the class, its state. */
  revived: 43,
  /** An instance with `#private` fields: the class, the fields of each class of the chain, then its own keys. */
  privateInstance: 44,
  searchParams: 45,
  generatorResult: 46,
  /** A class that captures values: the number of its id in the table, then as `closure`. */
  localClass: 47,
  /** A large capture that travels as data of its own: 16 bytes of its hash, the number of its name in the table. */
  outside: 48,
  /** What `bind` made: whether of a method, its key or the function itself, the `this`, the list of the first arguments. */
  bound: 49,
  /** Pairs of names and values. */
  headers: 50,
  formData: 51,
  /** A large argument: the place of the dependency whose value is its encoding. */
  held: 52,
  /** A function or class that was changed after its declaration: itself, then the list of what was added. */
  withLaterParts: 53,
  /** Which of both: what it holds of objects that were met stands behind everything else. */
  weakCollection: 54,
  /** Type, whether it is a File, then its name and time; length and bytes. */
  blob: 55,
  /** The length it may grow to, its length, bytes. */
  resizableBuffer: 56,
  /** A view of all that a resizable buffer has from an offset on, whatever its length: view kind, offset, the buffer. */
  trackingView: 57,
  /** A function that uses private names: its class, its place among those that the class makes, count and captures. */
  inner: 58,
  /** A large argument that is held in one list with those that share its memory: the list's dependency, the place in it. */
  heldItem: 59,
} as const

/** Kinds of views over buffers, by their place in this list. */
export const VIEW_KINDS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  Buffer,
  Float16Array,
] as const

/** What an instance of a class is underneath, by its place in this list. */
export const INSTANCE_BASES = ['Object', 'Array', 'Map', 'Set', 'Error', 'Date', 'RegExp'] as const
export type InstanceBase = (typeof INSTANCE_BASES)[number]

/** Errors of the language itself, by their place in this list; others are instances. */
export const ERROR_CLASSES = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
] as const

export const WELL_KNOWN_SYMBOLS = [
  Symbol.iterator,
  Symbol.asyncIterator,
  Symbol.hasInstance,
  Symbol.toPrimitive,
  Symbol.toStringTag,
  Symbol.species,
  Symbol.dispose,
  Symbol.asyncDispose,
  Symbol.match,
  Symbol.matchAll,
  Symbol.replace,
  Symbol.search,
  Symbol.split,
  Symbol.isConcatSpreadable,
  Symbol.unscopables,
] as const

/** Containers nested deeper than this are written after everything else, so that long chains need no deep stack. */
export const DEEP = 96
/** At most this many key lists are remembered in one encoding. */
export const SHAPES_MAX = 48
