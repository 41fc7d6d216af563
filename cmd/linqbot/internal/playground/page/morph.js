// morph makes an element's content what html says, and touches nothing that is so already: what has the focus, is
// scrolled, opened or typed stays.
export function morph(element, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  children(element, template.content);
}

const key = (node) => (node.nodeType === Node.ELEMENT_NODE && node.id) || "";

const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);

function children(now, wanted) {
  const kept = new Map();
  for (const child of now.children) if (child.id) kept.set(child.id, child);
  let at = now.firstChild;
  for (const want of [...wanted.childNodes]) {
    const known = key(want) && kept.get(key(want));
    if (known && known !== at && alike(known, want)) {
      now.insertBefore(known, at);
      node(known, want);
    } else if (at && alike(at, want)) {
      const next = at.nextSibling;
      node(at, want);
      at = next;
    } else {
      now.insertBefore(want, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function node(now, wanted) {
  if (now.nodeType !== Node.ELEMENT_NODE) {
    if (now.nodeValue !== wanted.nodeValue) now.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name, value } of wanted.attributes) {
    if (!ofThePerson(now, name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  for (const { name } of [...now.attributes]) {
    if (!wanted.hasAttribute(name) && !ofThePerson(now, name)) now.removeAttribute(name);
  }
  if (now.nodeName === "TEXTAREA" || now.hasAttribute("data-live")) return;
  children(now, wanted);
}

// ofThePerson reports whether an attribute holds what a person did, not what the server says.
function ofThePerson(element, name) {
  if (name === "open") return element.matches("details, dialog");
  if (name === "value" || name === "checked") return element.matches("input[type=text], input[type=checkbox], input[type=radio]");
  if (name === "data-live") return true;
  return ["class", "hidden", "aria-expanded", "aria-activedescendant"].includes(name) && element.closest(".combo") !== null;
}
