// node cost.mjs FILE: writes updates for measuring, and what processor time Yjs takes for them.
import * as Y from 'yjs'
import fs from 'node:fs'
import { random, b64, edit, noCleanup } from './edits.mjs'

const r = random(1)
const doc = () => { const d = noCleanup(new Y.Doc()); d.getXmlFragment('default'); d.getXmlFragment('title'); return d }
const listen = d => { const ups = []; d.on('update', u => ups.push(u)); return ups }
const paragraph = (d, at) => { const p = new Y.XmlElement('paragraph'), x = new Y.XmlText(); d.transact(() => { const f = d.getXmlFragment('default'); f.insert(at ?? f.length, [p]); p.insert(0, [x]) }); return x }
const sentence = 'The quick brown fox jumps over the lazy dog. '

// A document of 30,000 letters, and letters typed into it in runs of 20.
function letters () {
  const d = doc()
  for (let i = 0; i < 100; i++) paragraph(d).insert(0, sentence.repeat(7).slice(0, 300))
  const start = Y.encodeStateAsUpdate(d), w = doc()
  Y.applyUpdate(w, start)
  const ups = listen(w)
  for (let i = 0; i < 250; i++) {
    const x = w.getXmlFragment('default').get(r.below(100)).get(0)
    let at = r.below(x.length)
    for (let k = 0; k < 20; k++) x.insert(at++, 'x')
  }
  return { start, ups }
}

// Somebody types 32,433 letters and corrects some.
function typing () {
  const d = doc(), ups = listen(d)
  for (let i = 0; ups.length < 32433; i++) {
    const x = paragraph(d)
    for (const c of sentence) if (ups.length < 32433) x.insert(x.length, c)
    if (i % 3 === 0 && ups.length < 32433) x.delete(5, 4)
  }
  return { start: Y.encodeStateAsUpdate(doc()), ups }
}

// A document of 1 MB that several wrote, with all that editors write.
function big () {
  const d = doc()
  let size = 0
  for (let i = 0; size < 1e6; i++) {
    if (i % 500 === 0) { d.clientID = 1 + r.below(2 ** 31); size = Y.encodeStateAsUpdate(d).length }
    if (i % 3) edit(r, d)
    else { const x = paragraph(d, r.below(d.getXmlFragment('default').length + 1)); x.insert(0, sentence.repeat(1 + r.below(9))); x.format(4, 9, { bold: {} }) }
  }
  return { start: Y.encodeStateAsUpdate(doc()), ups: [Y.encodeStateAsUpdate(d)] }
}

const cpu = () => { const c = process.cpuUsage(); return c.user + c.system } // µs
const out = { }
for (const [name, make, times] of [['letters', letters, 20], ['typing', typing, 3], ['opening', big, 10]]) {
  const { start, ups } = make()
  const runs = []
  let end
  for (let n = 0; n < times + 3; n++) {
    end = doc()
    Y.applyUpdate(end, start)
    const before = cpu()
    for (const u of ups) Y.applyUpdate(end, u)
    if (n >= 3) runs.push((cpu() - before) / ups.length)
  }
  runs.sort((a, b) => a - b)
  out[name] = { start: b64(start), updates: ups.map(b64), yjs: runs[runs.length >> 1], full: b64(Y.encodeStateAsUpdate(end)) }
}
fs.writeFileSync(process.argv[2], JSON.stringify(out))
