// A small assembler of WebAssembly: just what the modules written here need.

/** The bytes of one instruction. */
export type Instruction = readonly number[]
export type ValueType = 'i32' | 'i64' | 'f64' | 'v128'

const VALUE_TYPES: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b }

/** An unsigned number in LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let left = value
  do {
    const byte = left % 128
    left = Math.floor(left / 128)
    bytes.push(left > 0 ? byte | 0x80 : byte)
  } while (left > 0)
  return bytes
}

/** A signed number in LEB128. */
function signed(value: bigint): number[] {
  const bytes: number[] = []
  let left = value
  while (true) {
    const byte = Number(left & 0x7fn)
    left >>= 7n
    if ((left === 0n && !(byte & 0x40)) || (left === -1n && byte & 0x40)) return [...bytes, byte]
    bytes.push(byte | 0x80)
  }
}

const double = (value: number): number[] => [...new Uint8Array(new Float64Array([value]).buffer)]
const memoryAt = (align: number, offset: number): number[] => [align, ...unsigned(offset)]
const simd = (number: number): number[] => [0xfd, ...unsigned(number)]

export const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  if: [0x04, 0x40],
  else: [0x05],
  end: [0x0b],
  br: (depth: number): Instruction => [0x0c, depth],
  brIf: (depth: number): Instruction => [0x0d, depth],
  localGet: (local: number): Instruction => [0x20, ...unsigned(local)],
  localSet: (local: number): Instruction => [0x21, ...unsigned(local)],
  localTee: (local: number): Instruction => [0x22, ...unsigned(local)],
  i32Const: (value: number): Instruction => [0x41, ...signed(BigInt(value))],
  select: [0x1b],
  i32Load: (offset: number): Instruction => [0x28, ...memoryAt(2, offset)],
  i32Load8U: (offset: number): Instruction => [0x2d, ...memoryAt(0, offset)],
  i64Load: (offset: number): Instruction => [0x29, ...memoryAt(3, offset)],
  i32Store: (offset: number): Instruction => [0x36, ...memoryAt(2, offset)],
  i32Store8: (offset: number): Instruction => [0x3a, ...memoryAt(0, offset)],
  i64Load32S: (offset: number): Instruction => [0x34, ...memoryAt(2, offset)],
  i32Eqz: [0x45],
  i32Eq: [0x46],
  i32Ne: [0x47],
  i32LtU: [0x49],
  i64Eqz: [0x50],
  i64Ne: [0x52],
  f64Eq: [0x61],
  f64Ne: [0x62],
  f64Lt: [0x63],
  f64Gt: [0x64],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32Mul: [0x6c],
  i32And: [0x71],
  i32Or: [0x72],
  i32Shl: [0x74],
  i32ShrU: [0x76],
  i64Const: (value: bigint): Instruction => [0x42, ...signed(BigInt.asIntN(64, value))],
  i64Add: [0x7c],
  i64Ctz: [0x7a],
  i64Sub: [0x7d],
  i64And: [0x83],
  i32WrapI64: [0xa7],
  i64ExtendI32U: [0xad],
  i64Mul: [0x7e],
  i64Or: [0x84],
  i64Xor: [0x85],
  i64Shl: [0x86],
  i64ShrU: [0x88],
  i64Store: (offset: number): Instruction => [0x37, ...memoryAt(3, offset)],
  f64Const: (value: number): Instruction => [0x44, ...double(value)],
  f64Load: (offset: number): Instruction => [0x2b, ...memoryAt(3, offset)],
  f64Add: [0xa0],
  f64Mul: [0xa2],
  i32TruncF64U: [0xab],
  f64ConvertI64S: [0xb9],
  f64ConvertI64U: [0xba],
  f64Store: (offset: number): Instruction => [0x39, ...memoryAt(3, offset)],
  v128Load: (offset: number): Instruction => [...simd(0), ...memoryAt(3, offset)],
  v128Load64Splat: (offset: number): Instruction => [...simd(10), ...memoryAt(3, offset)],
  v128Store: (offset: number): Instruction => [...simd(11), ...memoryAt(3, offset)],
  /** Bytes of this memory: to, from, how many. */
  memoryCopy: [0xfc, 10, 0, 0],
  i64x2Shl: simd(203),
  i64x2Add: simd(206),
  f64x2Splat: simd(20),
  f64x2ExtractLane: (lane: number): Instruction => [...simd(33), lane],
  f64x2ReplaceLane: (lane: number): Instruction => [...simd(34), lane],
  f64x2Lt: simd(73),
  f64x2Gt: simd(74),
  v128And: simd(78),
  /** Bits of the first where the third has ones, else of the second. */
  v128Bitselect: simd(82),
  f64x2Abs: simd(236),
  f64x2Neg: simd(237),
  f64x2Add: simd(240),
  f64x2Sub: simd(241),
  f64x2Mul: simd(242),
  f64x2Div: simd(243),
  /** NaN where either is. */
  f64x2Max: simd(245),
  /** The second where it is less than the first, else the first. */
  f64x2Pmin: simd(246),
  /** Fused where the machine has it: a relaxed instruction. */
  f64x2RelaxedMadd: simd(0x107),
} as const

/** Parts of a module, in WebAssembly's own order. */
export interface ModuleParts {
  types: readonly { params: readonly ValueType[]; results: readonly ValueType[] }[]
  /** The type of each function. */
  functions: readonly number[]
  memoryPages: number
  exports: readonly number[][]
  bodies: readonly number[][]
}

const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()]
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
]

export function exportSection(exports: Record<string, readonly ['function' | 'memory', number]>): number[][] {
  return Object.entries(exports).map(([name, [kind, index]]) => [
    ...unsigned(name.length),
    ...Buffer.from(name),
    kind === 'memory' ? 2 : 0,
    ...unsigned(index),
  ])
}

/** A function's body: how many locals of which types, then its instructions. */
export function code(
  locals: readonly (readonly [number, ValueType])[],
  instructions: readonly Instruction[],
): number[] {
  const body = [
    ...list(locals.map(([count, type]) => [...unsigned(count), VALUE_TYPES[type]])),
    ...instructions.flat(),
    0x0b,
  ]
  return [...unsigned(body.length), ...body]
}

export function moduleOf(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const typeBytes = (types: readonly ValueType[]): number[] => list(types.map((type) => [VALUE_TYPES[type]]))
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      list(parts.types.map(({ params, results }) => [0x60, ...typeBytes(params), ...typeBytes(results)])),
    ),
    ...section(3, list(parts.functions.map(unsigned))),
    ...section(5, list([[0, ...unsigned(parts.memoryPages)]])),
    ...section(7, list(parts.exports)),
    ...section(10, list(parts.bodies)),
  ])
}

interface WasmHost {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  Instance: new (module: object) => { exports: object }
}

const host = (): WasmHost => (globalThis as unknown as { WebAssembly: WasmHost }).WebAssembly

/** A compiled module, for several instances with memory of their own. */
export const compile = (bytes: Uint8Array<ArrayBuffer>): object => new (host().Module)(bytes)

/** An instance of a compiled module. What it exports has the type that its author says. */
export const instanceOf = <T>(compiled: object): T => new (host().Instance)(compiled).exports as T

/** Compiles a module, once a thread, for its only instance. */
export const instantiate = <T>(bytes: Uint8Array<ArrayBuffer>): T => instanceOf<T>(compile(bytes))
