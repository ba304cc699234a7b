// The structs of a parquet footer, as far as they are known: which types their fields have, and which fields must be there.
// Source: Apache Parquet, parquet.thrift (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).

/** A field's type; items of lists stand in an array of one. */
export type ThriftType =
  | 'boolean'
  | 'byte'
  | 'int'
  | 'int64'
  | 'binary'
  | ThriftStruct
  | readonly [ThriftType]

/** Fields by their numbers. Those that are not named may be of any type: newer files have more. */
export interface ThriftStruct {
  readonly name: string
  readonly fields: Readonly<Record<number, ThriftType>>
  readonly required?: readonly number[]
}

const EMPTY: ThriftStruct = { name: 'a kind', fields: {} }
const UNIT: ThriftStruct = { name: 'TimeUnit', fields: { 1: EMPTY, 2: EMPTY, 3: EMPTY } }
const TIME: ThriftStruct = { name: 'TimeType', fields: { 1: 'boolean', 2: UNIT }, required: [1, 2] }

const LOGICAL_TYPE: ThriftStruct = {
  name: 'LogicalType',
  fields: {
    1: EMPTY,
    2: EMPTY,
    3: EMPTY,
    4: EMPTY,
    5: { name: 'DecimalType', fields: { 1: 'int', 2: 'int' }, required: [1, 2] },
    6: EMPTY,
    7: TIME,
    8: TIME,
    10: { name: 'IntType', fields: { 1: 'byte', 2: 'boolean' }, required: [1, 2] },
    11: EMPTY,
    12: EMPTY,
    13: EMPTY,
    14: EMPTY,
    15: EMPTY,
    16: { name: 'VariantType', fields: { 1: 'byte' } },
    17: { name: 'GeometryType', fields: { 1: 'binary' } },
    18: { name: 'GeographyType', fields: { 1: 'binary', 2: 'int' } },
  },
}

const SCHEMA_ELEMENT: ThriftStruct = {
  name: 'SchemaElement',
  fields: {
    1: 'int',
    2: 'int',
    3: 'int',
    4: 'binary',
    5: 'int',
    6: 'int',
    7: 'int',
    8: 'int',
    9: 'int',
    10: LOGICAL_TYPE,
  },
  required: [4],
}

const KEY_VALUE: ThriftStruct = { name: 'KeyValue', fields: { 1: 'binary', 2: 'binary' }, required: [1] }

const STATISTICS: ThriftStruct = {
  name: 'Statistics',
  fields: {
    1: 'binary',
    2: 'binary',
    3: 'int64',
    4: 'int64',
    5: 'binary',
    6: 'binary',
    7: 'boolean',
    8: 'boolean',
  },
}

const COLUMN_META_DATA: ThriftStruct = {
  name: 'ColumnMetaData',
  fields: {
    1: 'int',
    2: ['int'],
    3: ['binary'],
    4: 'int',
    5: 'int64',
    6: 'int64',
    7: 'int64',
    8: [KEY_VALUE],
    9: 'int64',
    10: 'int64',
    11: 'int64',
    12: STATISTICS,
    13: [{ name: 'PageEncodingStats', fields: { 1: 'int', 2: 'int', 3: 'int' }, required: [1, 2, 3] }],
    14: 'int64',
    15: 'int',
    16: { name: 'SizeStatistics', fields: { 1: 'int64', 2: ['int64'], 3: ['int64'] } },
  },
  required: [1, 2, 3, 4, 5, 6, 7, 9],
}

const COLUMN_CHUNK: ThriftStruct = {
  name: 'ColumnChunk',
  fields: {
    1: 'binary',
    2: 'int64',
    3: COLUMN_META_DATA,
    4: 'int64',
    5: 'int',
    6: 'int64',
    7: 'int',
    9: 'binary',
  },
}

const ROW_GROUP: ThriftStruct = {
  name: 'RowGroup',
  fields: {
    1: [COLUMN_CHUNK],
    2: 'int64',
    3: 'int64',
    4: [{ name: 'SortingColumn', fields: { 1: 'int', 2: 'boolean', 3: 'boolean' }, required: [1, 2, 3] }],
    5: 'int64',
    6: 'int64',
    7: 'int',
  },
  required: [1, 2, 3],
}

export const FILE_META_DATA: ThriftStruct = {
  name: 'FileMetaData',
  fields: {
    1: 'int',
    2: [SCHEMA_ELEMENT],
    3: 'int64',
    4: [ROW_GROUP],
    5: [KEY_VALUE],
    6: 'binary',
    7: [{ name: 'ColumnOrder', fields: { 1: EMPTY } }],
    9: 'binary',
  },
  required: [1, 2, 3, 4],
}
