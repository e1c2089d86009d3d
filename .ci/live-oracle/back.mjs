// node back.mjs FILE: Yjs reads what the package wrote: the same tree, and the same bytes once both are read anew. (Who
// writes and who gets it may merge collected neighbours differently, in Yjs too.)
import * as Y from 'yjs'
import fs from 'node:fs'
import readline from 'node:readline'
import { b64, tree, noCleanup } from './edits.mjs'

const sorted = v => Array.isArray(v) ? v.map(sorted) : v && typeof v === 'object' ? Object.fromEntries(Object.keys(v).sort().map(k => [k, sorted(v[k])])) : v
const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

const read = u => { const d = noCleanup(new Y.Doc()); tree(d); Y.applyUpdate(d, u, 'net'); return d }

let count = 0, wrong = 0
for await (const line of readline.createInterface({ input: fs.createReadStream(process.argv[2]) })) {
  const r = JSON.parse(line)
  const d = noCleanup(new Y.Doc())
  tree(d)
  for (const u of r.updates) Y.applyUpdate(d, Buffer.from(u, 'base64'), 'net')
  const mine = read(Buffer.from(r.full, 'base64')), yours = read(Y.encodeStateAsUpdate(d))
  const faults = []
  if (!same(tree(d), r.tree)) faults.push('tree ' + JSON.stringify(tree(d)) + '\nhere ' + JSON.stringify(r.tree))
  if (!same(tree(mine), r.tree)) faults.push('tree of a new document')
  if (b64(Y.encodeStateAsUpdate(mine)) !== b64(Y.encodeStateAsUpdate(yours))) faults.push('bytes')
  if (faults.length) { wrong++; if (wrong < 6) console.error(`seed ${r.seed}: other ${faults.join(', ')}`) }
  count++
}
console.log(`Yjs reads ${count - wrong} of ${count} documents as they were written`)
process.exit(wrong ? 1 : 0)
