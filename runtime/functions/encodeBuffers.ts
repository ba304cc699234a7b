// Writes memory: buffers, shared ones, and the views over them.

import type { SharedRange, SharedRanges } from './sharedRanges.ts'
import type { ValueEncoder } from './valueEncoder.ts'
import { TAG, VIEW_KINDS } from './valueTags.ts'

/** Memory that was transferred to another thread is there no more. */
function refuseDetached(encoder: ValueEncoder, buffer: ArrayBufferLike, depth: number): void {
  if (!(buffer as ArrayBuffer).detached) return
  encoder.refuse(
    depth,
    'a detached buffer, whose memory was transferred elsewhere',
    'Send it before it is transferred, or send what it became.',
  )
}

export function encodeBuffer(encoder: ValueEncoder, value: ArrayBuffer, depth: number): void {
  refuseDetached(encoder, value, depth)
  encoder.noteWhole(value)
  encoder.remember(value)
  if (value.resizable) {
    encoder.writer.byte(TAG.resizableBuffer)
    encoder.writer.varint(value.maxByteLength)
  } else encoder.writer.byte(TAG.arrayBuffer)
  encoder.writer.varint(value.byteLength)
  encoder.writer.raw(new Uint8Array(value))
}

/** Shared memory stays shared between threads of one process; elsewhere its content is copied. */
export function encodeSharedBuffer(encoder: ValueEncoder, value: SharedArrayBuffer): void {
  encoder.remember(value)
  encoder.writer.byte(TAG.sharedArrayBuffer)
  if (encoder.options.shareFromBytes !== undefined) {
    encoder.writer.byte(1)
    encoder.writer.varint(bufferIndex(encoder, value))
    return
  }
  encoder.writer.byte(0)
  encoder.writer.varint(value.byteLength)
  encoder.writer.raw(new Uint8Array(value))
}

export function encodeView(encoder: ValueEncoder, value: ArrayBufferView, kind: number, depth: number): void {
  const { writer } = encoder
  const { buffer, byteOffset, byteLength } = value
  const { shareFromBytes, allocate, borrow } = encoder.options
  refuseDetached(encoder, buffer, depth)
  if ((buffer as ArrayBuffer).resizable) {
    encodeViewOfResizable(encoder, value, kind, depth)
    return
  }
  const range = encoder.shared?.of(buffer)
  if (range && (encoder.shared!.begun.has(buffer) || !encoder.hasSeen(buffer))) {
    encodeViewOfRange(encoder, value, kind, range, encoder.shared!)
    return
  }
  // A view of a whole buffer keeps sharing it with other views; a part of a larger one travels alone, unless there are several.
  const whole = byteOffset === 0 && byteLength === buffer.byteLength && byteLength <= 4096
  // Small Buffers lie in one pool, and have nothing to do with each other.
  if (!(buffer instanceof SharedArrayBuffer) && VIEW_KINDS[kind] !== Buffer && !encoder.hasSeen(buffer))
    if (whole) encoder.noteWhole(buffer)
    else encoder.views.note(buffer, byteOffset, byteLength)
  if (shareFromBytes !== undefined && byteLength >= shareFromBytes) {
    let shared = buffer as SharedArrayBuffer
    let offset = byteOffset
    const isWhole = byteLength === buffer.byteLength
    if (!(buffer instanceof SharedArrayBuffer) && !(borrow && isWhole)) {
      shared = allocate ? allocate(byteLength) : new SharedArrayBuffer(byteLength)
      offset = 0
      new Uint8Array(shared).set(new Uint8Array(buffer, byteOffset, byteLength))
    }
    encoder.remember(value)
    writer.byte(TAG.sharedView)
    writer.byte(kind)
    writer.varint(offset)
    writer.varint(byteLength)
    writer.varint(bufferIndex(encoder, shared))
    return
  }
  encoder.remember(value)
  if (whole || buffer instanceof SharedArrayBuffer || encoder.hasSeen(buffer)) {
    writer.byte(TAG.view)
    writer.byte(kind)
    writer.varint(byteOffset)
    writer.varint(byteLength)
    encoder.value(buffer, depth)
    return
  }
  writer.byte(TAG.typedArray)
  writer.byte(kind)
  writer.varint(byteLength)
  writer.raw(new Uint8Array(buffer, byteOffset, byteLength))
}

/** One of several views: what they cover of their buffer is written with the first of them. */
function encodeViewOfRange(
  encoder: ValueEncoder,
  value: ArrayBufferView,
  kind: number,
  { start, end }: SharedRange,
  { copies, begun }: SharedRanges,
): void {
  const { writer } = encoder
  const { buffer, byteOffset, byteLength } = value
  const { shareFromBytes, allocate } = encoder.options
  const content = (): Uint8Array => new Uint8Array(buffer, start, end - start)
  encoder.remember(value)
  begun.add(buffer)
  const isShared = shareFromBytes !== undefined && end - start >= shareFromBytes
  writer.byte(isShared ? TAG.sharedView : TAG.view)
  writer.byte(kind)
  writer.varint(byteOffset - start)
  writer.varint(byteLength)
  if (isShared) {
    let shared = copies.get(buffer)
    if (!shared) {
      shared = allocate ? allocate(end - start) : new SharedArrayBuffer(end - start)
      new Uint8Array(shared).set(content())
      copies.set(buffer, shared)
    }
    writer.varint(bufferIndex(encoder, shared))
  } else if (!encoder.wasSeen(buffer)) {
    encoder.remember(buffer)
    writer.byte(TAG.arrayBuffer)
    writer.varint(end - start)
    writer.raw(content())
  }
}

/** It keeps its buffer, which may grow under it. */
function encodeViewOfResizable(
  encoder: ValueEncoder,
  value: ArrayBufferView,
  kind: number,
  depth: number,
): void {
  const { writer } = encoder
  const tracks = VIEW_KINDS[kind] !== Buffer && tracksLength(value)
  encoder.remember(value)
  writer.byte(tracks ? TAG.trackingView : TAG.view)
  writer.byte(kind)
  writer.varint(value.byteOffset)
  if (!tracks) writer.varint(value.byteLength)
  encoder.value(value.buffer, depth)
}

/** Whether a view grows with its buffer: the language tells by growing or shrinking one, here a copy. */
function tracksLength(view: ArrayBufferView): boolean {
  const { byteOffset, byteLength, buffer } = view
  const bytesPerElement = (view as Uint8Array).BYTES_PER_ELEMENT ?? 1
  if (byteOffset + byteLength + bytesPerElement <= buffer.byteLength) return false
  const copy = structuredClone(view)
  const { maxByteLength } = copy.buffer as ArrayBuffer
  const grown = byteOffset + byteLength + bytesPerElement
  const grows = grown <= maxByteLength
  ;(copy.buffer as ArrayBuffer).resize(grows ? grown : buffer.byteLength - bytesPerElement)
  // A view that no longer lies in its buffer has no length.
  return copy.byteLength > (grows ? byteLength : 0)
}

function bufferIndex(encoder: ValueEncoder, shared: SharedArrayBuffer): number {
  const index = encoder.buffers.indexOf(shared)
  return index >= 0 ? index : encoder.buffers.push(shared) - 1
}
