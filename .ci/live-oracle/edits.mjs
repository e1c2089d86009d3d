// Random editors of one document: edits of every kind, as y-prosemirror and others make them.
import * as Y from 'yjs'

export const random = seed => { // mulberry32
  let a = seed >>> 0
  const next = () => { a = (a + 0x6D2B79F5) | 0; let t = Math.imul(a ^ (a >>> 15), 1 | a); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296 }
  const below = n => Math.floor(next() * n)
  return { below, pick: list => list[below(list.length)] }
}

export const b64 = u => Buffer.from(u).toString('base64')

// plain turns a value into JSON that tells undefined, bytes and bigints apart.
export const plain = v => {
  if (v === undefined || v instanceof Y.AbstractType || v instanceof Y.Doc) return { $undefined: 1 }
  if (typeof v === 'bigint') return { $big: String(v) }
  if (v instanceof Uint8Array) return { $bytes: b64(v) }
  if (Array.isArray(v)) return v.map(plain)
  if (v !== null && typeof v === 'object') return Object.fromEntries(Object.keys(v).sort().map(k => [k, plain(v[k])]))
  return v
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

// dump is the tree as plain JSON: elements {n, a, c}, texts {t: [{i | e, m}]}.
export const dump = t => {
  if (t instanceof Y.XmlText) {
    const runs = []
    for (const op of t.toDelta()) {
      const run = typeof op.insert === 'string' ? { i: op.insert.toWellFormed() } : { e: op.insert instanceof Y.XmlElement || op.insert instanceof Y.XmlText ? { $node: dump(op.insert) } : plain(op.insert) }
      if (op.attributes && Object.keys(op.attributes).length) run.m = plain(op.attributes)
      const last = runs[runs.length - 1]
      if (last && 'i' in last && 'i' in run && same(last.m, run.m)) last.i += run.i
      else runs.push(run)
    }
    return { t: runs }
  }
  const children = t.toArray().filter(c => (c instanceof Y.XmlElement && !(c instanceof Y.XmlHook)) || c instanceof Y.XmlText).map(dump)
  if (t instanceof Y.XmlElement) { return { n: t.nodeName, a: plain(t.getAttributes()), c: children } }
  return children
}
export const tree = d => ({ default: dump(d.getXmlFragment('default')), title: dump(d.getXmlFragment('title')) })

const values = r => r.pick([
  () => r.below(100), () => -r.below(100000), () => null, () => undefined, () => true, () => false, () => 'x' + r.below(9), () => 1.5, () => 0.1, () => 2 ** 40 + r.below(9),
  () => ({ a: 1, b: [1, 'é', null, undefined, { c: {} }] }), () => '😀' + r.below(5), () => [], () => new Uint8Array([1, 2, r.below(256)]), () => BigInt(r.below(1e6)), () => '', () => -0, () => 1e300
])()
const names = ['paragraph', 'heading', 'bulletList', 'listItem', 'image-component', 'table', 'tableRow', 'é']
const texts = ['hello ', 'ünï ', '😀', 'a😀b', '漢字', 'x', 'The quick brown fox ', '\n', '\ufeff', '👨‍👩‍👧']
const marks = r => ({ [r.pick(['bold', 'italic', 'link', 'comment--abcd1234', 'code'])]: r.pick([() => ({}), () => ({ href: 'h' + r.below(9) }), () => null, () => true, () => 'é', () => ({ deep: [1, { x: null }] })])() })

export function element (r, depth = 0) {
  const e = new Y.XmlElement(r.pick(names))
  if (r.below(2)) { const x = new Y.XmlText(); x.insert(0, r.pick(texts) + r.below(1000)); if (r.below(3) === 0) x.format(1, 2, marks(r)); e.insert(0, [x]) }
  if (depth < 3 && r.below(3) === 0) e.insert(0, [element(r, depth + 1)])
  e.setAttribute('data-id', '' + r.below(1e6))
  if (r.below(2)) e.setAttribute('level', values(r))
  return e
}

function editText (r, x) {
  const length = x.length
  switch (r.below(7)) {
    case 0: case 1: x.insert(r.below(length + 1), r.pick(texts).repeat(1 + r.below(3)), r.below(2) ? marks(r) : undefined); break
    case 2: if (length > 1) { const p = r.below(length - 1); x.format(p, 1 + r.below(length - p), marks(r)) } break
    case 3: if (length) { const p = r.below(length); x.delete(p, 1 + r.below(Math.min(8, length - p))) } break
    case 4: x.insertEmbed(r.below(length + 1), r.pick([() => ({ image: 'u' + r.below(9) }), () => [1, null], () => 'emb'])(), r.below(2) ? marks(r) : {}); break
    case 5: { let p = r.below(length + 1); for (const c of 'typed') x.insert(p++, c); break }
    case 6: if (length > 3 && r.below(4) === 0) x.delete(0, length); else x.applyDelta([{ retain: r.below(length + 1) }, { insert: 'δ', attributes: marks(r) }]); break
  }
}

// edit makes one random change in one transaction.
export function edit (r, d) {
  const f = d.getXmlFragment(r.below(6) ? 'default' : 'title')
  d.transact(() => {
    for (let n = 1 + (r.below(6) === 0 ? r.below(4) : 0); n > 0; n--) {
      let at = f
      for (let k = 0; k < 4 && r.below(3); k++) { const c = at.toArray().filter(c => c instanceof Y.XmlElement); if (!c.length) break; at = r.pick(c) }
      const isElement = at instanceof Y.XmlElement
      switch (r.below(12)) {
        case 0: case 1: at.insert(r.below(at.length + 1), [element(r)]); break
        case 2: if (at.length) { const p = r.below(at.length); at.delete(p, 1 + r.below(Math.min(3, at.length - p))) } break
        case 3: if (isElement) at.setAttribute(r.pick(['level', 'start', 'textAlign', 'data-id']), values(r)); break
        case 4: if (isElement) at.removeAttribute(r.pick(['level', 'start'])); break
        case 5:
          if (r.below(3) === 0) at.insert(r.below(at.length + 1), [r.pick([() => new Y.XmlHook('h'), () => new Y.Map([['k', 1], ['l', new Y.Text('q')]]), () => Y.Array.from([1, null, 'x', { a: undefined }]), () => new Y.Text('plain'), () => new Y.XmlFragment()])()])
          else if (r.below(3) === 0 && isElement) at.setAttribute('odd', r.pick([() => new Y.Map(), () => new Y.Text('t'), () => new Y.Doc({ guid: 'g' + r.below(99), meta: { a: 1 } }), () => new Y.Doc({ guid: 'h', gc: false, autoLoad: true })])())
          else if (r.below(3) === 0) { const l = d.getArray('list'); l.insert(r.below(l.length + 1), [r.pick([1, 'a', null, true, { b: 2, u: undefined }]), 2, 'z'].slice(0, 1 + r.below(3))) } else if (r.below(2)) { const l = d.getArray('list'); if (l.length) l.delete(r.below(l.length), 1) } else d.getMap('m').set('k' + r.below(20), values(r))
          break
        default: {
          const x = at.toArray().filter(c => c instanceof Y.XmlText)
          if (!x.length) { const t = new Y.XmlText(); at.insert(r.below(at.length + 1), [t]); t.insert(0, 'n' + r.below(99)); break }
          editText(r, r.pick(x))
        }
      }
    }
  }, 'editor')
}

// noCleanup keeps a document from deleting redundant marks by itself, which is left to editors.
export const noCleanup = d => { d.on('afterTransaction', t => { t._needFormattingCleanup = false }); return d }
