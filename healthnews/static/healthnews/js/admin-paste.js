// What Word and other offices put on the clipboard, as the elements that an article knows.

// Styles are read, never applied: our policy would complain of each, so they change their name before parsing.
const STYLE = "data-office-style"
const unstyled = (html) =>
  html
    .replace(/<style\b[\s\S]*?<\/style\s*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, ` ${STYLE}=`))
const parse = (html) => new DOMParser().parseFromString(unstyled(html), "text/html")

function rename(doc, from, to) {
  for (const old of doc.querySelectorAll(from)) {
    const fresh = doc.createElement(to)
    fresh.append(...old.childNodes)
    old.replaceWith(fresh)
  }
}

// Word writes a list as paragraphs: the level stands in a style, the bullet or number in a span to be ignored.
function listItem(node) {
  if (node.nodeName !== "P") return null
  const style = node.getAttribute(STYLE) || ""
  const level = /mso-list:\s*l\d+\s+level(\d+)/i.exec(style)
  if (!level && !/^MsoListParagraph/.test(node.className)) return null
  const marker = [...node.querySelectorAll("span")].find((span) =>
    /mso-list:\s*Ignore/i.test(span.getAttribute(STYLE) || ""),
  )
  if (!marker) return null
  const numbered = /^\s*[0-9a-z]{1,3}[.)]/i.test(marker.textContent)
  marker.remove()
  return { level: level ? Number(level[1]) : 1, tag: numbered ? "ol" : "ul" }
}

function lists(doc) {
  let open = [] // the lists that are open, outermost first
  for (const node of [...doc.body.querySelectorAll("p")]) {
    const item = listItem(node)
    if (!item) continue
    const last = open.at(-1)
    if (last && node.previousElementSibling !== open[0].list) open = []
    while (open.length > item.level) open.pop()
    while (open.length < item.level) {
      const list = doc.createElement(item.tag)
      const parent = open.at(-1)
      if (!parent) node.before(list)
      else (parent.list.lastElementChild || parent.list.appendChild(doc.createElement("li"))).append(list)
      open.push({ list })
    }
    const li = doc.createElement("li")
    const p = doc.createElement("p")
    p.append(...node.childNodes)
    li.append(p)
    open.at(-1).list.append(li)
    node.remove()
  }
}

// Pictures of elsewhere (somebody's disk, another site) would be holes in the page: they come by the image library.
function dropForeignPictures(doc) {
  const foreign = [...doc.querySelectorAll("img")].filter((picture) => {
    const source = picture.getAttribute("src")
    return !source || !URL.canParse(source, location.href) || new URL(source, location.href).origin !== location.origin
  })
  foreign.forEach((picture) => picture.remove())
  return foreign.length
}

// `leftOut` is called with the number of pictures that were not taken over, if there were any.
export function fromOffice(html, leftOut) {
  const doc = parse(html)
  const pictures = dropForeignPictures(doc)
  if (pictures) leftOut(pictures)
  for (const gone of doc.querySelectorAll("style, script, meta, link, title, xml")) gone.remove()
  lists(doc)
  rename(doc, "h1", "h2")
  rename(doc, "h4, h5, h6", "h3")
  return doc.body.innerHTML
}
