// A row as text, to be held against another: to nine digits, with NaN and whole numbers of 64 bits told apart.

export const rowText = (row: object): string =>
  JSON.stringify(row, (_, value) =>
    typeof value === 'bigint'
      ? `${value}n`
      : typeof value === 'number'
        ? Number.isNaN(value)
          ? 'NaN'
          : Number(value.toPrecision(9)) || 0
        : value,
  )
