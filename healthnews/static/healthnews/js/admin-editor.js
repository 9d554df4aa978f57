// The editor of an article's body: django-prose-editor's parts, our call-outs, and no inline style.
import {
  Blockquote, Bold, BulletList, Caption, Code, Document, Dropcursor, Editor, Figure, Gapcursor, HardBreak, Heading,
  History, HorizontalRule, Image, Italic, Link, ListItem, Menu, Node, OrderedList, Paragraph,
  Subscript, Superscript, Table, TableCell, TableHeader, TableRow, Text, crel, initializeEditors,
} from "django-prose-editor/editor"
import { fromOffice } from "desk/paste"

const LEVELS = { note: "Note", important: "Important", doctor: "See a doctor", emergency: "Emergency" }

const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "(paragraph | heading | bulletList | orderedList | blockquote)+",
  defining: true,

  addAttributes() {
    return {
      level: {
        default: "note",
        parseHTML: (element) => Object.keys(LEVELS).find((level) => element.classList.contains(`callout-${level}`)),
        renderHTML: () => ({}),
      },
    }
  },

  parseHTML() {
    return Object.keys(LEVELS).map((level) => ({ tag: `div.callout-${level}` }))
  },

  renderHTML({ node }) {
    return ["div", { class: `callout callout-${node.attrs.level}` }, 0]
  },

  addCommands() {
    return {
      toggleCallout: (level) => ({ editor, commands }) => {
        if (editor.isActive("callout", { level })) return commands.lift("callout")
        if (editor.isActive("callout")) return commands.updateAttributes("callout", { level })
        return commands.wrapIn("callout", { level })
      },
    }
  },

  addMenuItems({ menu, buttons }) {
    for (const [level, word] of Object.entries(LEVELS)) {
      menu.defineItem({
        name: `callout-${level}`,
        groups: "callouts",
        command: (editor) => editor.chain().focus().toggleCallout(level).run(),
        button: buttons.text(word, `Call-out: ${word}`),
        active: (editor) => editor.isActive("callout", { level }),
        enabled: (editor) => editor.isActive("callout") || editor.can().toggleCallout(level),
      })
    }
  },
})

// Anchors of headings are links from elsewhere: they stay.
const AnchoredHeading = Heading.extend({
  addAttributes() {
    return { ...this.parent?.(), id: { default: null } }
  },
})

// A picture in a line of words stays in its line; those of the package are blocks, and would tear it in three.
const ImageInLine = Image.extend({
  name: "imageInLine",
  inline: true,
  group: "inline",
  parseHTML: () => [{ tag: "img[src]", context: "paragraph/|heading/", priority: 60 }],
  addCommands: () => ({}),
  addInputRules: () => [],
})

// What another system left in the text, and readers do not see: one piece, to be read or taken out, not to be typed in.
const Shortcode = Node.create({
  name: "shortcode",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ text: { default: "", parseHTML: (element) => element.textContent, renderHTML: () => ({}) } }),
  parseHTML: () => [{ tag: "code.shortcode", priority: 60 }],
  renderHTML: ({ node }) => ["code", { class: "shortcode" }, node.attrs.text],
})

const extensions = () => [
  Document, Paragraph, Text, HardBreak, Dropcursor, Gapcursor, History,
  AnchoredHeading.configure({ levels: [2, 3] }),
  BulletList, OrderedList.configure({ enableListAttributes: false }), ListItem,
  Blockquote, HorizontalRule, Callout,
  Bold, Italic, Code, Subscript, Superscript,
  Link.configure({ enableTarget: false, protocols: ["http", "https", "mailto"] }),
  Table, TableRow, TableHeader, TableCell,
  Figure, Caption, Image, ImageInLine, Shortcode,
  Menu.configure({
    groups: [
      { group: "headings" },
      { group: "lists" },
      { group: "marks" },
      { group: "link" },
      { group: "nodes -blockType -lists" },
      { group: "callouts" },
      { group: "history" },
    ],
  }),
]

const counts = (html) => {
  const found = {}
  for (const { localName } of new DOMParser().parseFromString(html, "text/html").body.querySelectorAll("*"))
    found[localName] = (found[localName] || 0) + 1
  return found
}

// Elements of the stored text that the editor would lose; how it wraps words in paragraphs does not matter.
function lost(before, after) {
  const now = counts(after)
  return Object.entries(counts(before))
    .filter(([name, count]) => !["p", "br", "tbody", "thead", "div"].includes(name) && count > (now[name] || 0))
    .map(([name]) => name)
}

function tellOfPictures(element, count) {
  let note = element.previousElementSibling
  if (!note?.matches("[data-left-out]")) {
    note = crel("p", { className: "desk-note", role: "status" })
    note.dataset.leftOut = ""
    element.before(note)
  }
  note.textContent = `${count === 1 ? "A picture was" : `${count} pictures were`} not pasted: pictures come from the image library.`
}

function start(textarea, { anyway = false } = {}) {
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  if (label) label.id = `${textarea.id}_label`
  const element = crel("div", { className: "prose-editor" })
  const held = textarea.value
  const editor = new Editor({
    element,
    injectCSS: false,
    extensions: extensions(),
    content: held,
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": `${textarea.id}_label`,
        ...(textarea.getAttribute("aria-invalid") ? { "aria-invalid": "true" } : {}),
      },
      transformPastedHTML: (html) => fromOffice(html, (count) => tellOfPictures(element, count)),
    },
    onUpdate({ editor }) {
      textarea.value = editor.isEmpty ? "" : editor.getHTML()
      textarea.dispatchEvent(new Event("input", { bubbles: true }))
    },
  })
  const missing = anyway ? [] : lost(held, editor.getHTML())
  if (missing.length) {
    editor.destroy()
    offer(textarea, missing)
    return null
  }
  textarea.before(element)
  element.append(textarea)
  label?.addEventListener("click", () => editor.commands.focus())
  // The menu comes with the editor's own "create", a moment later.
  editor.on("create", () =>
    setTimeout(() => {
      const bar = element.querySelector(".prose-menubar")
      bar?.setAttribute("role", "toolbar")
      bar?.setAttribute("aria-label", "Formatting")
    }),
  )
  return editor
}

// A text with something that the editor does not know stays a text area, until the writer decides.
function offer(textarea, missing) {
  const button = crel("button", { type: "button", className: "button", textContent: "Use the editor all the same" })
  const note = crel("div", { className: "desk-note", role: "note" }, [
    crel("p", { textContent: `This text holds what the editor cannot keep (${missing.join(", ")}). It is shown as HTML.` }),
    button,
  ])
  button.addEventListener("click", () => {
    note.remove()
    start(textarea, { anyway: true })?.commands.focus()
  })
  textarea.before(note)
}

initializeEditors(start, "[data-desk-editor]")
