// Any value as bytes, and back.

import { CannotTravelError } from './cannotTravel.ts'
import type { EncodedValue } from './encodedValue.ts'
import type { DecodeOptions, EncodeOptions } from './encodeOptions.ts'
import { readUnitTable, type UnitName } from './unitTable.ts'
import { ValueDecoder } from './valueDecoder.ts'
import { ValueEncoder } from './valueEncoder.ts'

export type { DecodeOptions, EncodeOptions, LoadedModules } from './encodeOptions.ts'
export { semanticBytes } from './unitTable.ts'

const DEFAULT_OPTIONS: EncodeOptions = {}
const DEFAULT_DECODING: DecodeOptions = {}
/** Encoders that are not in use: encoding may run the user's `[toWorker]`, which may encode again. */
const idle: ValueEncoder[] = []

/**
 * @throws {CannotTravelError} when something in the value cannot travel; the text names its path and the way out
 * @example decodeValue(encodeValue(new Map([[1, { at: new Date(0) }]]))) // an equal Map
 */
export function encodeValue(value: unknown, options: EncodeOptions = DEFAULT_OPTIONS): EncodedValue {
  const encoder = idle.pop() ?? new ValueEncoder(options)
  encoder.options = options
  encoder.begin()
  try {
    do encoder.value(value, 0)
    while (encoder.beginsAgain())
    encoder.finish()
    return { bytes: encoder.writer.copy(), buffers: encoder.buffers }
  } catch (error) {
    throw explained(error, options)
  } finally {
    encoder.abandon()
    // A buffer that one large value grew is not kept for the small ones to come.
    if (encoder.writer.bytes.length <= 1 << 20) idle.push(encoder)
  }
}

/** Decodes what `encodeValue` gave. Modules that `modulesOfValue` names must be loaded before. */
export function decodeValue(value: EncodedValue, options: DecodeOptions = DEFAULT_DECODING): unknown {
  const decoder = new ValueDecoder(value.bytes, value.buffers, options)
  const result = decoder.value()
  decoder.finish()
  return result
}

/** Names of what has to be loaded before a value can be decoded: usually nothing, and then this costs one look. */
export function modulesOfValue(bytes: Uint8Array): string[] {
  const table = readUnitTable(bytes)
  if (!table) return []
  const names = table.units.map((unit) => unit.workerModule || unitAddress(unit))
  for (const { url } of table.imports) names.push(`import:${url}`)
  return [...new Set([...names, ...table.loads])]
}

/** Names a function by its place in the user's code, where no worker module is known for it. */
export function unitAddress({
  module,
  unit,
  semantic,
}: Pick<UnitName, 'module' | 'unit' | 'semantic'>): string {
  return `unit:${semantic}:${unit}:${module}`
}

/** What V8 says of a stack that grew too deep is turned into what the user can do about it. */
export function explained(error: unknown, options: EncodeOptions): unknown {
  if (error instanceof RangeError && /call stack/i.test(error.message))
    return new CannotTravelError(
      `${typeof options.context === 'function' ? options.context() : (options.context ?? '')}\`${options.rootName ?? 'value'}\` is nested too deeply to be sent to a worker. Use lists instead of chains of objects with [toWorker].`,
    )
  return error
}
