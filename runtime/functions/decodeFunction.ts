// Makes functions and classes from their code on this side and the captures that travelled.

import { BrokenValueError } from './byteReader.ts'
import type { LoadedModules, LoadedUnit } from './encodeOptions.ts'
import { addLaterParts } from './laterParts.ts'
import { decodeLaterParts } from './laterPartsCodec.ts'
import { type AnyFunction, liftHook } from './liftHook.ts'
import { perWorkerOf } from './perWorker.ts'
import type { ValueDecoder } from './valueDecoder.ts'
import { TAG } from './valueTags.ts'

export function decodeLocalClass(decoder: ValueDecoder): unknown {
  const id = decoder.table?.classIds[decoder.reader.varint()]
  if (id === undefined) throw new BrokenValueError('an encoded class lacks its id')
  return decodeClosure(decoder, id)
}

export function decodeClosure(decoder: ValueDecoder, classId?: string): unknown {
  const { reader } = decoder
  const slot = decoder.reserve()
  const index = reader.varint()
  if (index === decoder.unitSemantics.length) decoder.unitSemantics.push(reader.raw(16).toString('hex'))
  const name = decoder.table?.units[index]
  if (!name) throw new BrokenValueError(`an encoded value lacks the name of its function #${index}`)
  const captured = reader.varint()
  const known = classId === undefined ? undefined : liftHook.classOf(classId)
  const loaded: LoadedUnit = known ? { kind: 'value', value: known } : modulesOf(decoder).unit(name)
  if (loaded.kind === 'value') {
    decoder.place(slot, loaded.value)
    skipCaptures(decoder, captured, name.eager)
    return loaded.value
  }
  const eager: unknown[] = []
  for (let i = 0; i < name.eager && i < captured; i++) eager.push(decoder.whole())
  const [made, setLate] = loaded.make(eager)
  decoder.place(slot, made)
  if (classId !== undefined) liftHook.receiveClass(classId, made as object)
  if (captured > name.eager)
    decoder.contents(() => {
      const late: unknown[] = []
      for (let i = name.eager; i < captured; i++) late.push(decoder.value())
      setLate?.(late)
    })
  return made
}

/** A function that its class makes, since it uses private names of it. */
export function decodeInner(decoder: ValueDecoder): unknown {
  const { reader } = decoder
  const slot = decoder.reserve()
  const Class = decoder.whole() as object
  const found = liftHook.inner.make(Class, reader.varint())
  if (!found) throw new BrokenValueError('a class lacks a function that uses its private names')
  const [made, setLate] = found
  decoder.place(slot, made)
  const captured = reader.varint()
  decoder.contents(() => {
    const late: unknown[] = []
    for (let i = 0; i < captured; i++) late.push(decoder.value())
    setLate?.(late)
  })
  return made
}

/** This side has the function itself, captures and all: those that came are read past. */
function skipCaptures(decoder: ValueDecoder, captured: number, eager: number): void {
  for (let i = 0; i < eager && i < captured; i++) decoder.whole()
  if (captured > eager)
    decoder.contents(() => {
      for (let i = eager; i < captured; i++) decoder.value()
    })
}

export function decodeFunctionWithKeys(decoder: ValueDecoder): unknown {
  if (decoder.reader.byte() !== TAG.closure) throw new BrokenValueError('an encoded function has no code')
  const fn = decodeClosure(decoder) as object
  decoder.pairs(fn)
  return fn
}

export function decodeWithLaterParts(decoder: ValueDecoder): unknown {
  const made = decoder.value() as AnyFunction
  const parts = decodeLaterParts(decoder)
  // This side's own has them already.
  if (!liftHook.laterPartsOf(made)) addLaterParts(made, parts)
  return made
}

export function decodeBound(decoder: ValueDecoder): unknown {
  const slot = decoder.reserve()
  const key = decoder.reader.byte() === 1 ? decoder.reader.text() : undefined
  const given = key === undefined ? decoder.value() : undefined
  const self = decoder.whole()
  const target = key === undefined ? given : (self as Record<string, unknown>)[key]
  return decoder.place(slot, (target as () => unknown).bind(self, ...(decoder.whole() as [])))
}

export function decodePerWorker(decoder: ValueDecoder): unknown {
  const slot = decoder.reserve()
  const id = decoder.table?.perWorkerIds[decoder.reader.varint()]
  if (id === undefined) throw new BrokenValueError('an encoded perWorker() function lacks its id')
  return decoder.place(slot, perWorkerOf(id, decoder.whole() as () => unknown))
}

export function decodeImported(decoder: ValueDecoder): unknown {
  const { reader } = decoder
  const from = decoder.table?.imports[reader.varint()]
  if (!from) throw new BrokenValueError('an encoded value lacks the package of one of its functions')
  reader.text() // The specifier, which keys are made from: the table has it too.
  const path: string[] = []
  for (let n = reader.varint(); n > 0; n--) path.push(reader.text())
  return modulesOf(decoder).imported(from, path)
}

/** A large capture that came by itself. */
export function decodeOutside(decoder: ValueDecoder): unknown {
  const slot = decoder.reserve()
  decoder.reader.raw(16) // Its hash, which keys are made from: the name in the table has it too.
  const name = decoder.table?.outside[decoder.reader.varint()]
  if (name === undefined) throw new BrokenValueError('an encoded value lacks the name of a large capture')
  return decoder.place(slot, decoder.another(modulesOf(decoder).outside(name)))
}

function modulesOf(decoder: ValueDecoder): LoadedModules {
  const { modules } = decoder.options
  if (!modules) throw new BrokenValueError('an encoded value holds functions, and no code is loaded here')
  return modules
}
