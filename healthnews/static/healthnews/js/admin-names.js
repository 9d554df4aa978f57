// Django's autocomplete (select2) replaces a labelled field by parts without a name: give them the label's.
"use strict"
{
  const named = (element, name) => {
    if (name && element.getAttribute("aria-label") !== name) {
      element.setAttribute("aria-label", name)
      element.removeAttribute("aria-labelledby")
    }
  }

  // A row of a table has its label in the column's head.
  const labelOf = (select) => {
    const label = select.labels?.[0]
    if (label) return label.textContent.replace(":", "").trim()
    const cell = select.closest("td")
    const head = cell?.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex]
    return head ? head.textContent.trim() : ""
  }

  const nameAll = () => {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const box = select.nextElementSibling
      if (!box?.classList.contains("select2-container")) continue
      const name = labelOf(select)
      const parts = ".select2-selection, span.select2-selection__rendered, .select2-search__field"
      // Its items say that they are none, so the list may not say that it is one.
      box.querySelector("ul.select2-selection__rendered")?.setAttribute("role", "presentation")
      for (const part of box.querySelectorAll(parts)) {
        const chosen = part.matches(".select2-selection--single") ? part.textContent.replace("×", "").trim() : ""
        named(part, chosen ? `${name}: ${chosen}` : name)
      }
    }
    for (const search of document.querySelectorAll(".select2-dropdown .select2-search__field"))
      named(search, "Search")
  }

  const watch = () => {
    nameAll()
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true })
  }
  if (document.readyState === "complete") watch()
  else window.addEventListener("load", watch)
}
