// Which parts of a bench are to be measured: `npm run bench NAME -- --only TEXT`.

/** Whether a part was asked for; without `--only` all are. */
export const isAsked = (name: string): boolean => name.includes(process.env.HEDDLE_BENCH_ONLY ?? '')
