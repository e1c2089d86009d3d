// Random editors that write through y-prosemirror, as the page editor does: with overlapping marks, and attributes
// that are undefined or null.
import { Schema } from 'prosemirror-model'
import { updateYFragment, yXmlFragmentToProseMirrorRootNode } from 'y-prosemirror'

const attrs = { id: { default: null }, level: { default: 1 }, data: { default: undefined } }
const schema = new Schema({
  nodes: {
    doc: { content: 'block*' },
    paragraph: { content: 'inline*', group: 'block', attrs },
    heading: { content: 'inline*', group: 'block', attrs },
    list: { content: 'item*', group: 'block', attrs },
    item: { content: 'block*', attrs },
    image: { group: 'block', attrs },
    mention: { group: 'inline', inline: true, attrs },
    text: { group: 'inline' }
  },
  marks: { bold: {}, italic: {}, link: { attrs: { href: { default: null } } }, comment: { attrs: { id: {} }, excludes: '' } }
})

const some = r => r.pick([null, undefined, 'a' + r.below(99), r.below(50), true, { x: [1, null], y: { z: 'é' } }])
const marks = r => [[], [], [{ type: 'bold' }], [{ type: 'link', attrs: { href: 'h' + r.below(3) } }], [{ type: 'bold' }, { type: 'italic' }],
  [{ type: 'comment', attrs: { id: 1 } }, { type: 'comment', attrs: { id: 2 + r.below(2) } }]][r.below(6)]
const words = ['hello ', 'ünï ', '😀', 'x', 'quick brown ', '漢字']

const inline = r => Array.from({ length: r.below(4) }, () => r.below(6) ? { type: 'text', text: r.pick(words), marks: marks(r) } : { type: 'mention', attrs: { id: some(r) } })
const block = (r, deep = 2) => {
  const type = r.pick(['paragraph', 'paragraph', 'heading', 'image', deep ? 'list' : 'paragraph'])
  const attrs = { id: some(r), level: r.below(4), data: some(r) }
  if (type === 'image') return { type, attrs }
  if (type === 'list') return { type, attrs, content: Array.from({ length: 1 + r.below(3) }, () => ({ type: 'item', attrs: { id: some(r) }, content: [block(r, deep - 1)] })) }
  return { type, attrs, content: inline(r) }
}

// change makes one random change within a node of ProseMirror's JSON.
function change (r, n) {
  n.content ??= []
  const at = r.below(n.content.length + 1), child = n.content[at]
  if (child && child.type === 'text') {
    switch (r.below(4)) {
      case 0: child.text = r.pick(words) + child.text; break
      case 1: child.text += r.pick(words); break
      case 2: child.marks = marks(r); break
      case 3: n.content.splice(at, 1)
    }
    return
  }
  if (child && r.below(4)) {
    if (child.type !== 'mention' && child.type !== 'image' && r.below(5)) change(r, child)
    else if (r.below(2)) child.attrs = { ...child.attrs, id: some(r), data: some(r) }
    else n.content.splice(at, 1 + r.below(2))
    return
  }
  switch (n.type) {
    case 'doc': case 'item': n.content.splice(at, 0, block(r)); break
    case 'list': n.content.splice(at, 0, { type: 'item', content: [block(r, 0)] }); break
    case 'paragraph': case 'heading': n.content.splice(at, 0, ...inline(r))
  }
}

// editProseMirror makes one change as the editor's binding does.
export function editProseMirror (r, d) {
  const f = d.getXmlFragment('default')
  let json
  try { json = yXmlFragmentToProseMirrorRootNode(f, schema).toJSON() } catch { json = { type: 'doc' } }
  for (let n = 1 + r.below(3); n > 0; n--) change(r, json)
  const node = schema.nodeFromJSON(json)
  d.transact(() => updateYFragment(d, f, node, { mapping: new Map(), isOMark: new Map() }), 'editor')
}
