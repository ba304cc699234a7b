// Where a Zarr array is: its metadata is found in a folder of this machine, or asked for from its server.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseZarrMetadata, ZarrError, zarrFilePath } from '../../kernels/array/zarrMetadata.ts'
import type { ZarrSource } from '../../kernels/array/zarrStore.ts'
import { isRemote, type StorageOptions, schemeOf, unknownScheme } from '../../kernels/files/fileSystem.ts'
import { askFiles, type ThereFile } from '../askFiles.ts'

/** Version 3's is looked for first; the last one tells that a group is there. */
const METADATA = ['zarr.json', '.zarray', '.zgroup'] as const

/**
 * Reads the metadata of the array at a path or an address.
 * @throws {ZarrError} when there is no array
 * @throws {FileError} when a server cannot be reached, or refuses
 */
export function findZarr(given: string | URL, storage: StorageOptions | undefined): ZarrSource {
  const text = String(given)
  if (isRemote(text)) return sourceOf(text, served(text, storage), storage)
  const scheme = schemeOf(text)
  if (scheme === 'memory')
    throw new ZarrError(`${text} cannot be read: arrays in the program's memory are given to array.fromArray`)
  if (scheme !== 'file') throw unknownScheme(text)
  const path = /^file:/i.test(text) ? fileURLToPath(text) : resolve(text)
  return sourceOf(path, local(path), undefined)
}

function sourceOf(
  path: string,
  found: ThereFile | undefined,
  storage: StorageOptions | undefined,
): ZarrSource {
  if (!found) throw new ZarrError(`${path} is no Zarr array: it has neither zarr.json nor .zarray`)
  const name = METADATA.find((one) => zarrFilePath(path, one) === found.path)
  if (name === '.zgroup')
    throw new ZarrError(`${path} is a Zarr group: name one of its arrays, e.g. ${zarrFilePath(path, 'NAME')}`)
  const text = new TextDecoder().decode(found.bytes)
  const array = parseZarrMetadata(path, name === 'zarr.json' ? 3 : 2, text)
  return { path, stamp: found.version, ...array, ...(storage && { storage }) }
}

function local(path: string): ThereFile | undefined {
  const file = METADATA.map((name) => zarrFilePath(path, name)).find(existsSync)
  if (!file) return undefined
  const { mtimeMs, size } = statSync(file)
  return { path: file, bytes: readFileSync(file), version: `${mtimeMs}:${size}` }
}

function served(path: string, storage: StorageOptions | undefined): ThereFile | undefined {
  const paths = METADATA.map((name) => zarrFilePath(path, name))
  return askFiles([{ ask: 'oneOf', paths, storage }])[0] as ThereFile | undefined
}
