// The hosts that ssh reaches: names of a configuration, and their rows in the tree.

import assert from 'node:assert/strict'
import test from 'node:test'
import { configHosts } from '../../client/ssh/configHosts.ts'
import { hostNodes } from '../../client/tree/treeModel.ts'

test('names of hosts are read from Host lines, patterns left out', () => {
  const cases: [config: string, names: string[]][] = [
    ['', []],
    ['Host lab\n  HostName 10.0.0.1\n', ['lab']],
    ['host a b  c', ['a', 'b', 'c']],
    ['Host=a\n\tHOST = "b"\r\n', ['a', 'b']],
    ['Host *.example.org !bad good web?', ['good']],
    ['Host a\nHost b\nHost a', ['a', 'b']],
    ['# Host gone\nHost a # note', ['a']],
    ['HostName 1.2.3.4\nHostKeyAlias x\nMatch host other', []],
  ]
  for (const [config, names] of cases) assert.deepEqual(configHosts(config), names, config)
})

test('a host has a row that a click connects', () => {
  const [{ label, description, context, host }] = hostNodes(['me@big.example.org'])
  assert.deepEqual(
    [label, description, context, host],
    ['me@big.example.org', 'over ssh', 'sshHost', 'me@big.example.org'],
  )
})
