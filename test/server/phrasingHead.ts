// The first line of texts that import heddle.

export const HEAD =
  "import { array, bag, Client, col, compute, dataframe, delayed, gather, persist } from 'heddle'\n"
