// node record.mjs FIRST COUNT [MOST]: a line of JSON for each document: what editors sent, ways to deliver it, and what Yjs says.
// MOST: only documents whose line is shorter.
import * as Y from 'yjs'
import { createHash } from 'node:crypto'
import { random, b64, tree, edit, noCleanup } from './edits.mjs'
import { editProseMirror } from './prosemirror.mjs'

const hash = u => createHash('sha256').update(u).digest('hex').slice(0, 8)

// write has clients edit and exchange, and returns all updates and the clients.
function write (r) {
  const count = 3 + r.below(6), edits = 5 + r.below(r.below(4) ? 40 : 160)
  const docs = [], ups = [], change = r.below(4) ? edit : editProseMirror
  for (let i = 0; i < count; i++) {
    const d = new Y.Doc({ gc: r.below(5) > 0 })
    d.clientID = r.below(2) ? 1 + i : 1 + r.below(2 ** 31)
    if (docs.some(o => o.clientID === d.clientID)) d.clientID = 3e9 + i
    d.getXmlFragment('default'); d.getXmlFragment('title')
    d.on('update', (u, origin) => { if (origin !== 'net') ups.push({ from: i, u }) })
    docs.push(d)
  }
  const undo = docs.map(d => r.below(3) ? null : new Y.UndoManager([d.getXmlFragment('default')], { trackedOrigins: new Set(['editor']), captureTimeout: 0 }))
  const seen = docs.map(() => 0)
  const pull = i => { for (; seen[i] < ups.length; seen[i]++) if (ups[seen[i]].from !== i) Y.applyUpdate(docs[i], ups[seen[i]].u, 'net') }
  for (let e = 0; e < edits; e++) {
    if (e === 3 && r.below(4) === 0) { ups.push({ from: -1, u: legacy(r) }); docs.forEach((_, i) => r.below(2) && pull(i)) }
    const i = r.below(count)
    if (undo[i] && r.below(4) === 0) { if (r.below(3)) undo[i].undo(); else undo[i].redo() } else change(r, docs[i])
    if (r.below(3) === 0) pull(r.below(count))
    if (r.below(20) === 0) { const d = docs[i]; d.clientID = 4e9 + e } // a session ends, another begins
  }
  for (let n = 0; n < 3; n++) docs.forEach((_, i) => pull(i)) // cleanups are updates too
  return { docs, ups: ups.map(x => x.u) }
}

// legacy is an update with content of kind JSON, which Yjs reads and no longer writes.
function legacy (r) {
  const s = t => [t.length, ...Buffer.from(t)]
  const values = ['{"a":1}', 'undefined', 'null', '"x"', '[1,2]'].slice(0, 1 + r.below(5))
  return Uint8Array.from([1, 1, 99, 0, 2, 1, ...s('list'), values.length, ...values.flatMap(s), 0])
}

const shuffle = (r, list) => { for (let i = list.length - 1; i > 0; i--) { const j = r.below(i + 1);[list[i], list[j]] = [list[j], list[i]] } return list }

const stateVector = (r, d) => {
  const m = new Map()
  for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(d))) if (r.below(3)) m.set(client, r.below(3) ? r.below(clock + 1) : clock + r.below(3))
  if (r.below(3) === 0) m.set(77, 5)
  return Y.encodeStateVector(m)
}

// cut makes other updates of the same: merged, and parts of them. All is in them, at least once.
function cut (r, docs, ups) {
  const out = []
  for (let i = 0; i < ups.length;) {
    if (r.below(2)) { out.push(ups[i++]); continue }
    const n = 2 + r.below(5)
    const batch = shuffle(r, ups.slice(i, i + n)); if (r.below(3) === 0) batch.push(r.pick(ups))
    const merged = Y.mergeUpdates(batch); i += n
    out.push(merged)
    if (r.below(3) === 0) { const sv = stateVector(r, r.pick(docs)); const part = Y.diffUpdate(merged, sv); out.push(part) }
  }
  for (let n = r.below(4); n > 0; n--) { const d = r.pick(docs); out.push(Y.encodeStateAsUpdate(d, stateVector(r, d))) }
  return shuffle(r, out)
}

function deliver (updates) {
  const d = noCleanup(new Y.Doc())
  d.getXmlFragment('default'); d.getXmlFragment('title')
  const states = updates.map(u => { Y.applyUpdate(d, u, 'net'); return hash(Y.encodeStateAsUpdate(d)) })
  return { d, states }
}

function record (seed) {
  const r = random(seed)
  const { docs, ups } = write(r)
  const parts = cut(r, docs, ups)
  const index = new Map(), all = []
  const number = u => { const k = b64(u); if (!index.has(k)) { index.set(k, all.length); all.push(k) } return index.get(k) }
  const orders = [ups, shuffle(r, [...ups, ...ups.slice(0, ups.length / 3)]), parts]
  let pending = 0
  const ways = orders.map(updates => {
    const { d, states } = deliver(updates)
    if (d.store.pendingStructs || d.store.pendingDs) pending++
    const diffs = []
    for (let n = 0; n < 3; n++) { const sv = stateVector(r, d); diffs.push({ sv: b64(sv), hash: hash(Y.encodeStateAsUpdate(d, sv)) }) }
    return { updates: updates.map(number), states, sv: b64(Y.encodeStateVector(d)), tree: JSON.stringify(tree(d)) , diffs }
  })
  const trees = [...ways.map(w => w.tree)]
  const converged = trees.every(t => t === trees[0])
  return { seed, updates: all, pending, converged, tree: trees[0], ways: ways.map(w => ({ ...w, tree: w.tree === trees[0] ? undefined : w.tree})) }
}

const [,, first, count, most] = process.argv.map(Number)
for (let s = first; s < first + count; s++) {
  const line = JSON.stringify(record(s)) + '\n'
  if (!most || line.length < most) process.stdout.write(line)
}
