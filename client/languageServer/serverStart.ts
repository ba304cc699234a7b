// How the language server's process is started so that it takes little memory. Nothing of this makes an answer slower.

export const SERVER_START = {
  execArgv: [
    // A tree of syntax lives long: a larger room for what is new takes memory and no less time.
    '--max-semi-space-size=4',
    // V8 lets a heap grow to several times what lives in it before it collects; here by a quarter.
    '--heap-growing-percent=25',
  ],
  env: {
    // glibc keeps an arena for each thread, and in them what TypeScript's compilation has freed. Other systems heed none of these.
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '131072',
    MALLOC_MMAP_THRESHOLD_: '65536',
  },
}
