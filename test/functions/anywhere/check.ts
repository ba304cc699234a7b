// Says of each case whether it held, one line of JSON a case: the test that runs the program reads them.

export async function check(name: string, body: () => unknown): Promise<void> {
  let error: string | undefined
  try {
    await body()
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  }
  process.stdout.write(`${JSON.stringify({ case: name, error })}\n`)
}
