// The loop over the bytes of a text that counts its words, in WebAssembly.
//
// Eight bytes are looked at together: one subtraction finds the first that ends a word (Mycroft's test for a zero byte,
// as in Warren, Hacker's Delight, 6-1). A word of up to seven bytes is one 64-bit number, its bytes below its length plus
// one; a longer one is known by a hash, and compared. Words lie in one table with open addressing, places of 16 bytes:
// that number (0 is free), how often the word came (uint32), and which word it is.

import { code, exportSection, type Instruction, instantiate, moduleOf, op } from '../array/wasmBytes.ts'

/** What the module exports. Addresses are bytes in its memory. */
export interface WordTableModule {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /**
   * Counts words from `at` on, each up to a separator or a line's end, until `end` or until there is no room for a new one.
   * @param end behind the last byte, which ends a line; eight bytes behind it can be read
   * @param state address of a {@link WordState}
   * @returns where it stopped: at the beginning of a word, or `end`
   */
  count(at: number, end: number, state: number): number
  /** Puts what is in the places from `from` to `fromEnd` into the empty table of `state`. */
  spread(from: number, fromEnd: number, state: number): void
}

/** Numbers of 32 bits, one behind the other: where things are, and how far they may grow. */
export const WORD_STATE = [
  'table',
  'tableEnd',
  /** 64 less the logarithm of the number of places. */
  'shift',
  'words',
  'wordsMax',
  /** Behind the bytes of the words so far. */
  'kept',
  'keptEnd',
  /** Where each word's bytes begin in memory, and one number more: where the last ends. */
  'starts',
  'separator',
] as const
export type WordState = Record<(typeof WORD_STATE)[number], number>

export const PLACE_BYTES = 16
const NEWLINE = 10
const RETURN = 13
/** Longer words are known by their hash. */
const SHORT_MAX = 7
/** The top byte of a long word's number: no length plus one. */
const LONG_TAG = 0xffn << 56n
/** 2^64 divided by the golden ratio, odd: Knuth, The Art of Computer Programming 3, 6.4. */
const MULTIPLIER = 0x9e3779b97f4a7c15n
const ONES = 0x0101010101010101n
const HIGHS = 0x8080808080808080n

const [AT, END, STATE] = [0, 1, 2]
const [TABLE, TABLE_END, WORDS, WORDS_MAX, KEPT, KEPT_END, STARTS] = [3, 4, 5, 6, 7, 8, 9]
const [LENGTH, ADVANCE, PLACE, FROM, LAST, KNOWN] = [10, 11, 12, 13, 14, 15]
const [SHIFT, SEPARATORS, BYTES, ENDS, KEY, FOUND] = [16, 17, 18, 19, 20, 21]

const get = op.localGet
const set = op.localSet
const fieldAddress = (field: keyof WordState): number => 4 * WORD_STATE.indexOf(field)
const loaded = (local: number, field: keyof WordState): Instruction[] => [
  ...[get(STATE), op.i32Load(fieldAddress(field)), set(local)],
]
const stored = (local: number, field: keyof WordState): Instruction[] => [
  ...[get(STATE), get(local), op.i32Store(fieldAddress(field))],
]

/** A high bit in the first byte of BYTES that the pattern has too; bits above it mean nothing. */
const equalBytes = (pattern: readonly Instruction[]): Instruction[] => [
  get(BYTES),
  ...pattern,
  ...[op.i64Xor, op.localTee(FOUND), op.i64Const(ONES), op.i64Sub, get(FOUND), op.i64Const(-1n)],
  ...[op.i64Xor, op.i64And, op.i64Const(HIGHS), op.i64And],
]

/** ENDS: the first byte of BYTES that ends a word; 0 when none does. */
const findEnds: Instruction[] = [
  ...equalBytes([get(SEPARATORS)]),
  ...equalBytes([op.i64Const(ONES * BigInt(NEWLINE))]),
  ...[op.i64Or, set(ENDS)],
]

/** The number of the first byte that ENDS marks. */
const firstEnd: Instruction[] = [get(ENDS), op.i64Ctz, op.i32WrapI64, op.i32Const(3), op.i32ShrU]

/** The address of the place where the search for a number begins. */
const homeOf = (number: number): Instruction[] => [
  ...[get(TABLE), get(number), op.i64Const(MULTIPLIER), op.i64Mul, get(SHIFT), op.i64ShrU],
  ...[op.i32WrapI64, op.i32Const(4), op.i32Shl, op.i32Add, set(PLACE)],
]

/** PLACE: the next one, the first behind the last. */
const nextPlace: Instruction[] = [
  ...[get(TABLE), get(PLACE), op.i32Const(PLACE_BYTES), op.i32Add, op.localTee(PLACE), get(PLACE)],
  ...[get(TABLE_END), op.i32Eq, op.select, set(PLACE)],
]

/** ADVANCE: how far the word's end is from AT. */
const findEnd: Instruction[] = [
  ...[get(AT), op.i64Load(0), op.localTee(BYTES), set(KEY)],
  ...findEnds,
  ...[get(AT), set(FROM)],
  op.block,
  op.loop,
  ...[get(ENDS), op.i64Eqz, op.i32Eqz, op.brIf(1)],
  ...[get(FROM), op.i32Const(8), op.i32Add, op.localTee(FROM), op.i64Load(0), set(BYTES)],
  ...findEnds,
  op.br(0),
  op.end,
  op.end,
  ...[get(FROM), get(AT), op.i32Sub],
  ...firstEnd,
  ...[op.i32Add, set(ADVANCE)],
]

/** LENGTH: without a return before the line's end. */
const findLength: Instruction[] = [
  ...[get(ADVANCE), set(LENGTH)],
  op.block,
  ...[get(LENGTH), op.i32Eqz, op.brIf(0)],
  ...[get(AT), get(ADVANCE), op.i32Add, op.localTee(FROM), op.i32Load8U(0), op.i32Const(NEWLINE)],
  ...[op.i32Ne, op.brIf(0)],
  ...[get(FROM), op.i32Const(1), op.i32Sub, op.i32Load8U(0), op.i32Const(RETURN), op.i32Ne],
  op.brIf(0),
  ...[get(LENGTH), op.i32Const(1), op.i32Sub, set(LENGTH)],
  op.end,
]

/** For FROM in 0, 8, … and LENGTH − 8, where the last eight bytes of a long word begin. Inside, `br 2` leaves what is around. */
const eightByEight = (each: readonly Instruction[]): Instruction[] => [
  ...[get(LENGTH), op.i32Const(8), op.i32Sub, set(LAST)],
  ...[op.i32Const(0), set(FROM)],
  op.block,
  op.loop,
  ...each,
  ...[get(FROM), get(LAST), op.i32Eq, op.brIf(1)],
  ...[get(FROM), op.i32Const(8), op.i32Add, op.localTee(FROM), get(LAST), get(FROM), get(LAST)],
  ...[op.i32LtU, op.select, set(FROM)],
  op.br(0),
  op.end,
  op.end,
]

/** KEY: of the word at AT, whose first eight bytes it holds before. */
const findKey: Instruction[] = [
  ...[get(LENGTH), op.i32Const(SHORT_MAX + 1), op.i32LtU],
  op.if,
  ...[get(KEY), op.i64Const(1n), get(LENGTH), op.i32Const(3), op.i32Shl, op.i64ExtendI32U, op.i64Shl],
  ...[op.i64Const(1n), op.i64Sub, op.i64And, get(LENGTH), op.i32Const(1), op.i32Add, op.i64ExtendI32U],
  ...[op.i64Const(56n), op.i64Shl, op.i64Or, set(KEY)],
  op.else,
  ...[get(LENGTH), op.i64ExtendI32U, set(KEY)],
  ...eightByEight([
    ...[get(KEY), get(AT), get(FROM), op.i32Add, op.i64Load(0), op.i64Xor, op.i64Const(MULTIPLIER)],
    ...[op.i64Mul, op.localTee(KEY), get(KEY), op.i64Const(29n), op.i64ShrU, op.i64Xor, set(KEY)],
  ]),
  ...[get(KEY), op.i64Const(LONG_TAG), op.i64Or, set(KEY)],
  op.end,
]

/** Whether the long word at AT is the one of PLACE; `br 1` where it is not. */
const compareLong: Instruction[] = [
  ...[get(STARTS), get(PLACE), op.i32Load(12), op.i32Const(2), op.i32Shl, op.i32Add],
  ...[op.localTee(FROM), op.i32Load(0), set(KNOWN)],
  ...[get(FROM), op.i32Load(4), get(KNOWN), op.i32Sub, get(LENGTH), op.i32Ne, op.brIf(1)],
  ...eightByEight([
    ...[get(KNOWN), get(FROM), op.i32Add, op.i64Load(0), get(AT), get(FROM), op.i32Add, op.i64Load(0)],
    ...[op.i64Ne, op.brIf(3)],
  ]),
]

const countOne: Instruction[] = [
  ...[get(PLACE), get(PLACE), op.i32Load(8), op.i32Const(1), op.i32Add, op.i32Store(8)],
]

const toNextWord: Instruction[] = [get(AT), get(ADVANCE), op.i32Add, op.i32Const(1), op.i32Add, set(AT)]

/** Puts a new word into the free place PLACE; leaves by `br` to `outside` when there is no room. */
const insert = (outside: number): Instruction[] => [
  ...[get(WORDS), get(WORDS_MAX), op.i32Eq, op.brIf(outside)],
  ...[get(KEPT_END), get(KEPT), op.i32Sub, get(LENGTH), op.i32LtU, op.brIf(outside)],
  ...[get(KEPT), get(AT), get(LENGTH), op.memoryCopy],
  ...[get(PLACE), get(KEY), op.i64Store(0)],
  ...[get(PLACE), op.i32Const(1), op.i32Store(8)],
  ...[get(PLACE), get(WORDS), op.i32Store(12)],
  ...[get(KEPT), get(LENGTH), op.i32Add, set(KEPT)],
  ...[get(WORDS), op.i32Const(1), op.i32Add, set(WORDS)],
  ...[get(STARTS), get(WORDS), op.i32Const(2), op.i32Shl, op.i32Add, get(KEPT), op.i32Store(0)],
]

const loadTable: Instruction[] = [
  ...loaded(TABLE, 'table'),
  ...loaded(TABLE_END, 'tableEnd'),
  ...[get(STATE), op.i32Load(fieldAddress('shift')), op.i64ExtendI32U, set(SHIFT)],
]

/** Finds the word's place from PLACE on and counts it there: `br 1` to the next word, `br 2` where there is no room. */
const countWord: Instruction[] = [
  op.loop,
  ...[get(PLACE), op.i64Load(0), op.localTee(FOUND), op.i64Eqz],
  op.if,
  ...insert(3),
  ...toNextWord,
  op.br(2),
  op.end,
  op.block, // left for the next place
  ...[get(FOUND), get(KEY), op.i64Ne, op.brIf(0)],
  op.block, // left for the same word
  ...[get(LENGTH), op.i32Const(SHORT_MAX + 1), op.i32LtU, op.brIf(0)],
  ...compareLong,
  op.end,
  ...countOne,
  ...toNextWord,
  op.br(2),
  op.end,
  ...nextPlace,
  op.br(0),
  op.end,
]

const count: Instruction[] = [
  ...loadTable,
  ...loaded(WORDS, 'words'),
  ...loaded(WORDS_MAX, 'wordsMax'),
  ...loaded(KEPT, 'kept'),
  ...loaded(KEPT_END, 'keptEnd'),
  ...loaded(STARTS, 'starts'),
  ...[get(STATE), op.i32Load(fieldAddress('separator')), op.i64ExtendI32U, op.i64Const(ONES)],
  ...[op.i64Mul, set(SEPARATORS)],
  op.block,
  op.loop,
  ...[get(END), get(AT), op.i32Eq, op.brIf(1)],
  ...findEnd,
  ...findLength,
  ...findKey,
  ...homeOf(KEY),
  ...countWord,
  op.end,
  op.end,
  ...stored(WORDS, 'words'),
  ...stored(KEPT, 'kept'),
  get(AT),
]

/** Of `spread`: AT and END are the old table's places. */
const spread: Instruction[] = [
  ...loadTable,
  op.block,
  op.loop,
  ...[get(AT), get(END), op.i32Eq, op.brIf(1)],
  ...[get(AT), op.i64Load(0), op.localTee(KEY), op.i64Eqz, op.i32Eqz],
  op.if,
  ...homeOf(KEY),
  op.block,
  op.loop,
  ...[get(PLACE), op.i64Load(0), op.i64Eqz, op.brIf(1)],
  ...nextPlace,
  op.br(0),
  op.end,
  op.end,
  ...[get(PLACE), get(AT), op.v128Load(0), op.v128Store(0)],
  op.end,
  ...[get(AT), op.i32Const(PLACE_BYTES), op.i32Add, set(AT)],
  op.br(0),
  op.end,
  op.end,
]

const LOCALS = [
  [13, 'i32'],
  [6, 'i64'],
] as const

/** A module of its own for each table, since its memory is the table's. */
export function wordTableModule(): WordTableModule {
  return instantiate<WordTableModule>(
    moduleOf({
      types: [
        { params: ['i32', 'i32', 'i32'], results: ['i32'] },
        { params: ['i32', 'i32', 'i32'], results: [] },
      ],
      functions: [0, 1],
      memoryPages: 1,
      exports: exportSection({
        memory: ['memory', 0],
        count: ['function', 0],
        spread: ['function', 1],
      }),
      bodies: [code(LOCALS, count), code(LOCALS, spread)],
    }),
  )
}
