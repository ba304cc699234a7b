// Writes errors: of the language itself, and of classes that stay behind.

import { encodeProperties } from './encodeContainers.ts'
import type { ValueEncoder } from './valueEncoder.ts'
import { ERROR_CLASSES, TAG } from './valueTags.ts'

export function encodeError(encoder: ValueEncoder, value: Error, builtin: number, depth: number): void {
  encoder.remember(value)
  encoder.writer.byte(TAG.error)
  encoder.writer.byte(builtin)
  encoder.contents(depth, (at) => {
    encodeErrorFields(encoder, value, at)
    encodeProperties(encoder, value, at)
  })
}

/** An error of a class that stays behind: the nearest class of the language, under its own name. */
export function encodeForeignError(encoder: ValueEncoder, value: Error, depth: number): void {
  const nearest = ERROR_CLASSES.findLastIndex((Class) => value instanceof Class)
  encoder.remember(value)
  encoder.writer.byte(TAG.error)
  encoder.writer.byte(nearest)
  encoder.contents(depth, (at) => {
    encodeErrorFields(encoder, value, at)
    const fields: Record<string, unknown> = { ...value }
    if (value.name !== ERROR_CLASSES[nearest].name) fields.name = value.name
    encodeProperties(encoder, fields, at)
  })
}

export function encodeErrorFields(encoder: ValueEncoder, value: Error, depth: number): void {
  const hidden: Record<string, unknown> = {}
  for (const key of ['message', 'stack', 'cause', 'errors']) {
    const own = Object.getOwnPropertyDescriptor(value, key)
    if (own && !own.enumerable) hidden[key] = (value as unknown as Record<string, unknown>)[key]
  }
  encodeProperties(encoder, hidden, depth)
}
