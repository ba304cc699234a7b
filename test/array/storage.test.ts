// Arrays in files: .npy by position, Zarr of both versions, written here and read by Python's zarr and the other way round.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import { array } from '../../runtime/collections/index.ts'
import type { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { readNpy, writeNpy } from '../../runtime/kernels/array/npy.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { assertSame, randomArray, randomFrom } from './kit/arrays.ts'
import { Numpy, requirePython } from './kit/numpy.ts'
import { writeSharded } from './kit/shardedZarr.ts'

computeInProcess()
const numpy = new Numpy()
const random = randomFrom(3)
const whole = async (lazy: ChunkedArray): Promise<NdArray> => (await lazy.compute()) as unknown as NdArray

test('.npy files are read by regions, in any chunks, and written block by block', async (context) => {
  const folder = temporaryFolder(context)
  for (const dtype of ['float64', 'int16', 'bool', 'complex64', 'datetime64[s]'] as const) {
    const a = randomArray(random, dtype, [7, 5, 3], { views: false })
    const file = join(folder, 'a.npy')
    await writeNpy(file, a)
    const swapped = join(folder, 'swapped.npy')
    const code = `(np.save(${JSON.stringify(swapped)}, np.asfortranarray(a.astype(a.dtype.newbyteorder('>')))), 'done')[1]`
    assert.equal((await numpy.eval(code, { a })).text, 'done')
    for (const chunks of [-1, 2, 3] as const) {
      assertSame(await whole(array.fromNpy(file, { chunks })), a, `${dtype} ${chunks}`)
      assertSame(
        await whole(array.fromNpy(swapped, { chunks })),
        a,
        `${dtype} ${chunks}, the other way round`,
      )
      const copy = join(folder, 'copy.npy')
      await array.fromNpy(file, { chunks }).toNpy(copy)
      assertSame(await readNpy(copy), a, `${dtype} written in chunks ${chunks}`)
    }
    assertSame(
      await whole(array.fromNpy(file, { chunks: 2 }).slice('::-2', 1) as ChunkedArray),
      a.slice('::-2', 1) as NdArray,
      'a part',
    )
  }
  writeFileSync(join(folder, 'bad.npy'), 'x')
  assert.throws(() => array.fromNpy(join(folder, 'bad.npy')), /bad\.npy is no \.npy file/)
})

test('Zarr written here is read by Python, and back', async (context) => {
  requirePython('zarr', 'python3-zarr')
  const folder = temporaryFolder(context)
  for (const dtype of ['float64', 'int32', 'uint8', 'int64', 'bool', 'float32', 'datetime64[ns]'] as const)
    for (const compression of ['zstd', 'gzip', 'none'] as const) {
      const a = randomArray(random, dtype, [7, 5], { views: false })
      const path = join(folder, `${dtype.replace(/\W/g, '')}-${compression}`)
      await array.fromArray(a, { chunks: [3, 2] }).toZarr(path, { version: 2, compression })
      const read = await numpy.eval(`__import__('zarr').open(${JSON.stringify(path)}, mode='r')[:]`)
      assertSame(read.array!, a, `${dtype} ${compression} read by Python`)
      assertSame(await whole(array.fromZarr(path)), a, `${dtype} ${compression}`)
      assertSame(
        await whole(array.fromZarr(path, { chunks: [4, 5] })),
        a,
        `${dtype} ${compression}, other chunks`,
      )
      if (dtype.includes('[')) continue
      const three = `${path}-3`
      await array.fromArray(a, { chunks: [3, 2] }).toZarr(three, { version: 3, compression })
      assertSame(await whole(array.fromZarr(three)), a, `${dtype} ${compression}, version 3`)
    }
})

test('Zarr that Python wrote is read: compressors, byte orders, columns first, chunks that are missing', async (context) => {
  const python = requirePython('zarr', 'python3-zarr')
  const folder = temporaryFolder(context)
  const program = `
import zarr, numpy as np, numcodecs, sys
a = np.arange(35).reshape(7, 5)
for name, kwargs in {
    'blosc': dict(dtype='f8', compressor=numcodecs.Blosc('lz4')),
    'zlib': dict(dtype='i4', compressor=numcodecs.Zlib(3)),
    'big': dict(dtype='>f4', compressor=None),
    'fortran': dict(dtype='f8', order='F', compressor=numcodecs.GZip(3)),
    'missing': dict(dtype='f8', fill_value=-1.5),
}.items():
    z = zarr.open(sys.argv[1] + '/' + name, mode='w', shape=(7, 5), chunks=(3, 2), **kwargs)
    z[:] = a
zarr.open_group(sys.argv[1] + '/group', mode='w').create_dataset('inner', data=a)
`
  execFileSync(python, ['-W', 'ignore', '-c', program, folder])
  const dtypes = { blosc: 'float64', zlib: 'int32', big: 'float32', fortran: 'float64' } as const
  for (const [name, dtype] of Object.entries(dtypes)) {
    const expected = (await numpy.eval(`np.arange(35).reshape(7, 5).astype('${dtype}')`)).array!
    for (const chunks of [undefined, [4, 5] as const])
      assertSame(await whole(array.fromZarr(join(folder, name), { chunks })), expected, name)
  }
  rmSync(join(folder, 'missing', '1.1'))
  const expected = (
    await numpy.eval(
      '(lambda a: (a.__setitem__((slice(3, 6), slice(2, 4)), -1.5), a)[1])(np.arange(35.).reshape(7, 5))',
    )
  ).array!
  assertSame(
    await whole(array.fromZarr(join(folder, 'missing'))),
    expected,
    'a missing chunk holds the fill value',
  )
  assert.throws(() => array.fromZarr(join(folder, 'group')), /group is a Zarr group: name one of its arrays/)
  assert.throws(
    () => array.fromZarr(join(folder, 'nothing')),
    /nothing is no Zarr array: it has neither zarr\.json nor \.zarray/,
  )
})

test('complex Zarr written here is read by Python, and what Python writes here: byte orders, columns first, fill values', async (context) => {
  const python = requirePython('zarr', 'python3-zarr')
  const folder = temporaryFolder(context)
  for (const dtype of ['complex64', 'complex128'] as const) {
    const a = randomArray(random, dtype, [7, 5], { views: false })
    for (const compression of ['zstd', 'gzip', 'none'] as const) {
      const path = join(folder, `${dtype}-${compression}`)
      const lazy = array.fromArray(a, { chunks: [3, 2] })
      await lazy.toZarr(path, { version: 2, compression })
      const read = await numpy.eval(`__import__('zarr').open(${JSON.stringify(path)}, mode='r')[:]`)
      assertSame(read.array!, a, `${dtype} ${compression} read by Python`)
      await lazy.toZarr(`${path}-3`, { version: 3, compression })
      for (const written of [path, `${path}-3`])
        for (const chunks of [undefined, [4, 5] as const])
          assertSame(await whole(array.fromZarr(written, { chunks })), a, `${written} ${chunks}`)
    }
    const one = join(folder, `${dtype}-one`)
    await array.full([], 2, { dtype }).toZarr(one, { version: 2 })
    assert.equal(
      String(await array.fromZarr(one).compute()),
      String(await array.full([], 2, { dtype }).compute()),
    )
  }
  const program = `
import zarr, numpy as np, numcodecs, sys
a = (np.arange(35) - 1j * np.arange(35) ** 2).reshape(7, 5)
for name, kwargs in {
    'blosc': dict(dtype='c16', compressor=numcodecs.Blosc('lz4')),
    'big': dict(dtype='>c8', compressor=None, fill_value=complex(1, -2)),
    'fortran': dict(dtype='<c16', order='F', fill_value=complex(float('nan'), float('-inf'))),
    'nested': dict(dtype='<c8', dimension_separator='/', order='F', fill_value=None),
}.items():
    z = zarr.open(sys.argv[1] + '/' + name, mode='w', shape=(7, 5), chunks=(3, 2), **kwargs)
    z[:] = a
    z[3:6, 2:4] = z.fill_value if z.fill_value is not None else 0
`
  execFileSync(python, ['-W', 'ignore', '-c', program, folder])
  for (const name of ['blosc', 'big', 'fortran', 'nested']) {
    const path = join(folder, name)
    rmSync(join(path, name === 'nested' ? '1/1' : '1.1'))
    const code = `(lambda z: np.asarray(z[:]).astype(z.dtype.newbyteorder('=')))(__import__('zarr').open(${JSON.stringify(path)}, mode='r'))`
    const expected = (await numpy.eval(code)).array!
    // Without a fill value what is not there is undefined: zeros here.
    if (name === 'nested') for (const row of [3, 4, 5]) expected.set([row, '2:4'], 0)
    assertSame(await whole(array.fromZarr(path)), expected, name)
    assertSame(await whole(array.fromZarr(path, { chunks: [4, 5] })), expected, `${name}, other chunks`)
  }
})

test('fill values in every form of the specifications: texts, bits, whole numbers beyond 2^53, none', async (context) => {
  const folder = temporaryFolder(context)
  const three = { zarr_format: 3, node_type: 'array', shape: [2], attributes: { note: 'NaN "is" Infinity' } }
  const codecs = [{ name: 'bytes', configuration: { endian: 'little' } }]
  const chunk_key_encoding = { name: 'default', configuration: { separator: '.' } }
  const chunk_grid = { name: 'regular', configuration: { chunk_shape: [2] } }
  const filled3 = async (data_type: string, fill: string): Promise<unknown> => {
    const text = JSON.stringify({
      ...three,
      data_type,
      chunk_grid,
      chunk_key_encoding,
      codecs,
      fill_value: '?',
    })
    writeFileSync(
      join(folder, 'zarr.json'),
      text.replace('"?"', () => fill),
    )
    return (await whole(array.fromZarr(folder))).toTypedArray()
  }
  const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
  assert.deepEqual(await filled3('float64', '"NaN"'), new Float64Array([nan, nan]))
  assert.deepEqual(await filled3('float64', '-0.0'), new Float64Array([-0, -0]))
  assert.deepEqual(await filled3('float32', '"-Infinity"'), new Float32Array([-inf, -inf]))
  assert.deepEqual(await filled3('float64', '"0x3ff8000000000000"'), new Float64Array([1.5, 1.5]))
  assert.deepEqual(await filled3('float32', '"0xc0200000"'), new Float32Array([-2.5, -2.5]))
  assert.deepEqual(
    await filled3('uint64', '18446744073709551615'),
    new BigUint64Array(2).fill(2n ** 64n - 1n),
  )
  assert.deepEqual(await filled3('int64', '9007199254740993'), new BigInt64Array(2).fill(2n ** 53n + 1n))
  assert.deepEqual(await filled3('complex128', '[1.5, "NaN"]'), new Float64Array([1.5, nan, 1.5, nan]))
  assert.deepEqual(await filled3('complex128', '[0, -0.0]'), new Float64Array([0, -0, 0, -0]))
  assert.deepEqual(
    await filled3('complex64', '["-Infinity", "0x40490fdb"]'),
    new Float32Array([-inf, Math.PI, -inf, Math.PI]),
  )
  const filled2 = async (dtype: string, fill: string): Promise<unknown> => {
    rmSync(join(folder, 'zarr.json'), { force: true })
    const text = `{"zarr_format": 2, "shape": [2], "chunks": [2], "dtype": "${dtype}", "compressor": null, "order": "C", "filters": null, "fill_value": ${fill}}`
    writeFileSync(join(folder, '.zarray'), text)
    return (await whole(array.fromZarr(folder))).toTypedArray()
  }
  assert.deepEqual(await filled2('<f8', 'NaN'), new Float64Array([nan, nan]))
  assert.deepEqual(await filled2('<f8', '"NaN"'), new Float64Array([nan, nan]))
  assert.deepEqual(await filled2('<i8', 'null'), new BigInt64Array(2))
  assert.deepEqual(await filled2('|b1', 'true'), new Uint8Array([1, 1]))
  assert.deepEqual(await filled2('<M8[s]', '"NaT"'), new BigInt64Array(2).fill(-(2n ** 63n)))
  assert.deepEqual(await filled2('<c16', '["NaN", -1.5]'), new Float64Array([nan, -1.5, nan, -1.5]))
  assert.deepEqual(await filled2('>c8', '[0.0, Infinity]'), new Float32Array([0, inf, 0, inf]))
  assert.deepEqual(await filled2('<c8', 'null'), new Float32Array(4))
})

test('complex Zarr 3: axes stored in another order, big-endian, shards with a part that is missing', async (context) => {
  const folder = temporaryFolder(context)
  const big = { name: 'bytes', configuration: { endian: 'big' } }
  const metadata = {
    zarr_format: 3,
    node_type: 'array',
    shape: [4, 3],
    data_type: 'complex64',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 3] } },
    chunk_key_encoding: { name: 'v2' },
    fill_value: [-1, 2],
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: [2, 3],
          codecs: [{ name: 'transpose', configuration: { order: [1, 0] } }, big],
          index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
        },
      },
    ],
  }
  writeFileSync(join(folder, 'zarr.json'), JSON.stringify(metadata))
  // The first part has 2 × 3 numbers column by column; the second is not there.
  const shard = Buffer.alloc(48 + 32, 0xff)
  for (let j = 0; j < 3; j++)
    for (let i = 0; i < 2; i++) {
      shard.writeFloatBE(10 * i + j, (2 * j + i) * 8)
      shard.writeFloatBE(-j, (2 * j + i) * 8 + 4)
    }
  shard.writeBigUInt64LE(0n, 48)
  shard.writeBigUInt64LE(48n, 56)
  writeFileSync(join(folder, '0.0'), shard)
  const code = 'np.array([[0, 1-1j, 2-2j], [10, 11-1j, 12-2j], [-1+2j] * 3, [-1+2j] * 3], dtype="c8")'
  const expected = (await numpy.eval(code)).array!
  assertSame(await whole(array.fromZarr(folder)), expected, 'in shards')
  assertSame(await whole(array.fromZarr(folder, { chunks: [3, 2] })), expected, 'in other chunks')
})

test('a sharded array of Zarr 3 is read shard by shard, and in other chunks; a part that is missing holds the fill value', async (context) => {
  const folder = temporaryFolder(context)
  const expected = writeSharded(folder)
  const lazy = array.fromZarr(folder)
  assert.deepEqual(lazy.chunks, [[4], [4, 2]])
  assertSame(await whole(lazy), expected, 'in shards')
  assertSame(await whole(array.fromZarr(folder, { chunks: [3, 2] })), expected, 'in other chunks')
})

test('store calls a function with each block and where it is', async () => {
  const seen: string[] = []
  await array.arange(6, { chunks: 4 }).store((block, { start }) => {
    seen.push(`${start}: ${block.toTypedArray().join(' ')}`)
  })
  assert.deepEqual(seen.sort(), ['0: 0 1 2 3', '4: 4 5'])
})

test('an array may be written to where it is read from; a failure leaves what was there', async (context) => {
  const folder = temporaryFolder(context)
  const [zarr, npy] = [join(folder, 'a.zarr'), join(folder, 'a.npy')]
  const a = array.arange(60, { chunks: 7 }).reshape([12, 5])
  const stored = async (lazy: ChunkedArray): Promise<number> => Number(await lazy.sum().compute())
  await a.toZarr(zarr)
  await a.toNpy(npy)
  await assert.rejects(a.toZarr(zarr), {
    name: 'ZarrError',
    message: /a\.zarr has files already.*overwrite: true/,
  })
  await (array.fromZarr(zarr).mul(2) as ChunkedArray).rechunk([4, 2]).toZarr(zarr, { overwrite: true })
  await (array.fromNpy(npy, { chunks: 4 }).mul(2) as ChunkedArray).toNpy(npy)
  assert.equal(await stored(array.fromZarr(zarr)), 3540)
  assert.equal(await stored(array.fromNpy(npy)), 3540)
  const failing = array.fromZarr(zarr).mapBlocks(() => {
    throw new Error('no block')
  })
  await assert.rejects(failing.toZarr(zarr, { overwrite: true }), /no block/)
  await assert.rejects(failing.toNpy(npy), /no block/)
  assert.equal(await stored(array.fromZarr(zarr)), 3540)
  assert.equal(await stored(array.fromNpy(npy)), 3540)
  assert.deepEqual(readdirSync(folder).sort(), ['a.npy', 'a.zarr'])
})
