import { Client } from '/work/wt/machines/runtime/dist/index.js'
import { SshServer } from '/work/wt/machines/test/slurmLab/sshServer.ts'

const server = await SshServer.start({})
try {
  for (let i = 0; i < 2; i++) {
    const t = performance.now()
    const client = await Client.ssh({
      hosts: ['lab'],
      configFile: server.configFile,
      nodePath: process.execPath,
      threadsPerWorker: 2,
      memoryLimit: '500MB',
    })
    console.log('up', performance.now() - t)
    console.log(await client.submit((x: number) => x * 2, 21).result(), performance.now() - t)
    const big = await client.submit(() => new Float64Array(5_000_000).fill(1)).result()
    console.log(big.length, performance.now() - t, client.dashboardUrl)
    console.log((await fetch(client.dashboardUrl)).status)
    await client.close()
    console.log('closed', performance.now() - t)
  }
} catch (e) {
  console.log(e)
} finally {
  console.log(server.processes().length)
  await server.close()
}
