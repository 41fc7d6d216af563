// Fields in which one searches, and the list of commands below the message field: what to type, and what to pick with
// the keyboard. The options are the server's.
import { act } from "./app.js";

const field = (combo) => combo.querySelector("[role=combobox]");
const list = (combo) => combo.querySelector("[role=listbox]");
const shown = (combo) => [...list(combo).querySelectorAll("[role=option]:not([hidden])")];

function open(combo, yes) {
  list(combo).hidden = !yes;
  field(combo).setAttribute("aria-expanded", yes);
  if (yes) return;
  mark(combo, null);
  clearTimeout(combo.later); // a search that comes back now would open it again
  combo.sought = undefined;
}

export function closeCombos(but) {
  document.querySelectorAll(".combo").forEach((combo) => combo === but || open(combo, false));
}

function mark(combo, option) {
  combo.querySelectorAll(".marked").forEach((other) => other.classList.remove("marked"));
  if (!option) {
    field(combo).removeAttribute("aria-activedescendant");
    return;
  }
  option.classList.add("marked");
  option.scrollIntoView({ block: "nearest" });
  field(combo).setAttribute("aria-activedescendant", option.id);
}

// comboInput shows what fits what is typed.
export function comboInput(target) {
  const combo = target.matches?.("[role=combobox]") && target.closest(".combo");
  if (!combo) return;
  const typed = target.value.toLowerCase();
  if (combo.dataset.external === "true") {
    clearTimeout(combo.later);
    combo.later = setTimeout(() => search(combo, target.value), 150);
    return;
  }
  const prefix = "prefix" in combo.dataset;
  for (const option of list(combo).children) {
    option.hidden = prefix ? !option.dataset.value.startsWith(typed) : !option.textContent.toLowerCase().includes(typed);
  }
  open(combo, shown(combo).length > 0 && (!prefix || (typed.startsWith("/") && !typed.includes(" "))));
  mark(combo, prefix && typed ? shown(combo)[0] : null);
}

async function search(combo, q) {
  const view = combo.closest("form").querySelector("[name=view]").value;
  const data = { view, block: combo.dataset.block, action: combo.dataset.action, q };
  const sought = (combo.sought = Symbol("search"));
  const answer = await fetch("/suggest" + location.search, { method: "POST", body: new URLSearchParams(data) });
  const html = await answer.text();
  if (!combo.isConnected || combo.sought !== sought) return;
  const marked = list(combo).querySelector(".marked")?.dataset.value;
  if (answer.ok) list(combo).innerHTML = html || '<li class="none">Nothing found</li>';
  else list(combo).replaceChildren(Object.assign(document.createElement("li"), { className: "none", textContent: html }));
  list(combo).setAttribute("data-live", ""); // the server's empty list must not replace it
  open(combo, document.activeElement === field(combo));
  mark(combo, shown(combo).find((option) => option.dataset.value === marked));
}

// comboPick takes an option: a command into the message field, anything else to the server.
export function comboPick(combo, value) {
  const input = field(combo);
  if ("prefix" in combo.dataset) {
    input.value = value;
    open(combo, false);
    input.focus();
    return;
  }
  const view = combo.closest("form").querySelector("[name=view]").value;
  input.value = "";
  open(combo, false);
  input.focus({ preventScroll: true });
  open(combo, false);
  act("/act/choose", { view, block: combo.dataset.block, action: combo.dataset.action, value });
}

// comboKeys moves in the list and picks from it, and reports whether the key was for that.
export function comboKeys(e) {
  const combo = e.target.matches?.("[role=combobox]") && e.target.closest(".combo");
  if (!combo || e.isComposing) return false;
  const options = shown(combo);
  const at = options.findIndex((option) => option.classList.contains("marked"));
  const isOpen = !list(combo).hidden;
  if ((e.key === "ArrowDown" || e.key === "ArrowUp") && options.length > 0 && (isOpen || !("prefix" in combo.dataset))) {
    open(combo, true);
    const step = e.key === "ArrowDown" ? 1 : -1;
    mark(combo, options[at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length]);
  } else if ((e.key === "Enter" || (e.key === "Tab" && "prefix" in combo.dataset)) && isOpen && at >= 0 && !e.shiftKey) {
    if ("prefix" in combo.dataset && e.key === "Enter" && e.target.value.trim() === options[at].dataset.value.trim()) {
      open(combo, false);
      return false; // the command alone is sent
    }
    comboPick(combo, options[at].dataset.value);
  } else if (e.key === "Escape" && isOpen) {
    open(combo, false);
  } else {
    return false;
  }
  e.preventDefault();
  e.stopPropagation();
  return true;
}
