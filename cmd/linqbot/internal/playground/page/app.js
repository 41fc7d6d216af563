// The page: panes arrive from the server as HTML and are put in place, and what people do is sent to it. No rule of
// Slack's, Linq's or linqbot's is here.
import { morph } from "./morph.js";
import { comboKeys, comboInput, comboPick, closeCombos } from "./combo.js";

const notice = document.getElementById("notice");
let stream;

// listen has the server send the panes of this address, from now on.
function listen() {
  stream?.close();
  stream = new EventSource("/panes" + location.search);
  stream.addEventListener("pane", (e) => {
    const { id, html } = JSON.parse(e.data);
    const pane = document.getElementById(id);
    if (pane) put(pane, html);
  });
}

// put takes over what the server says of a pane. A list that shows its end goes on to show it, also one that only
// changes its shape, as messages do beside a thread that opens.
function put(pane, html) {
  const lists = () => [...document.querySelectorAll("[data-bottom]")];
  const elsewhere = new Set(lists().filter((l) => l.scrollHeight - l.scrollTop - l.clientHeight >= 40));
  const wasEmpty = pane.querySelector("[data-bottom] li") === null;
  const hadFocus = pane.contains(document.activeElement);
  morph(pane, html);
  for (const list of lists()) {
    if (!elsewhere.has(list) || (wasEmpty && pane.contains(list))) list.scrollTop = list.scrollHeight;
  }
  if (pane.id === "modal") showDialog();
  if (hadFocus && document.activeElement === document.body) refocus(pane);
}

// refocus gives the focus a place after what had it is gone, so that the keyboard goes on from there.
function refocus(pane) {
  const near = pane.querySelector("[role=combobox], [data-bottom], a, button, summary");
  (near ?? document.getElementById("say") ?? document.getElementById("main"))?.focus();
}

let before; // what had the focus before a dialog took it

function showDialog() {
  const dialog = document.querySelector("#modal dialog");
  if (dialog && !dialog.open) {
    before = document.activeElement;
    dialog.showModal();
    dialog.querySelector("[role=combobox], .input input, .input select, .input textarea")?.focus();
  } else if (!dialog && before) {
    (document.contains(before) && before !== document.body ? before : document.getElementById("say"))?.focus();
    before = undefined;
  }
}

function tell(text) {
  notice.hidden = !text;
  notice.textContent = text;
  clearTimeout(tell.later);
  if (text) tell.later = setTimeout(() => tell(""), 8000);
}

function go(query) {
  history.pushState(null, "", query || location.pathname);
  listen();
}

// act sends what a form says.
export async function act(path, data) {
  try {
    for (const [name, value] of data instanceof FormData ? [...data] : []) {
      if (!(value instanceof File)) continue;
      data.set(name, value.size ? await value.text() : "");
      data.set(name + "-name", value.name);
    }
    const answer = await fetch(path + location.search, { method: "POST", body: new URLSearchParams(data) });
    if (!answer.ok) throw new Error(await answer.text());
    const came = await answer.json();
    tell(came.notice ?? "");
    if (came.go) go(came.go);
  } catch (failure) {
    tell("The playground does not answer: " + failure.message);
  }
}

document.addEventListener("submit", (e) => {
  const form = e.target.closest("form[data-act]");
  if (!form) return;
  e.preventDefault();
  const button = e.submitter;
  if (button?.dataset.confirm && !confirm(button.dataset.confirm)) return;
  const data = new FormData(form, button);
  const path = button?.name === "press" ? form.querySelector("[data-press]")?.dataset.press : "";
  act(path || new URL(form.action).pathname, data);
  if ("clear" in form.dataset) form.reset();
  closeCombos();
  button?.closest("details.menu")?.removeAttribute("open");
});

document.addEventListener("click", (e) => {
  const at = (selector) => e.target.closest(selector);
  const link = at("a[data-nav]") ?? at(".blocks a[href^='?']");
  if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
    e.preventDefault();
    link.closest("details.menu, details.me")?.removeAttribute("open");
    go(link.getAttribute("href"));
  } else if (at("[data-shut]")) {
    shut(at("dialog"));
  } else if (at("[data-copy]")) {
    navigator.clipboard?.writeText(at("[data-copy]").dataset.copy).then(() => tell("Copied."), () => tell("The browser let nothing be copied."));
  } else if (at("[data-type]")) {
    const say = document.getElementById("say");
    if (say) {
      say.value = at("[data-type]").dataset.type;
      say.focus();
    }
  } else if (at("#theme")) {
    theme(at("#theme").dataset.next);
  } else if (at("[data-unpick]")) {
    comboPick(at(".combo"), at("[data-unpick]").dataset.unpick);
  } else if (at("[role=option]")) {
    comboPick(at(".combo"), at("[role=option]").dataset.value);
  } else {
    closeCombos(at(".combo"));
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.contains(e.target) || menu.removeAttribute("open"));
  }
});

function shut(dialog) {
  closeCombos();
  if (dialog.dataset.navClose !== undefined) go(dialog.dataset.navClose);
  else act(dialog.dataset.close, { view: dialog.querySelector("[name=view]").value });
}

// Escape closes a dialog by the server, as a press of its button does.
document.addEventListener("cancel", (e) => {
  if (e.target.matches("dialog")) {
    e.preventDefault();
    shut(e.target);
  }
}, true);

document.addEventListener("keydown", (e) => {
  if (comboKeys(e)) return;
  if (e.key === "Enter" && e.target.matches(".modal input[type=text]")) {
    e.preventDefault();
    e.target.form.requestSubmit(e.target.form.querySelector("[data-submit]"));
  } else if (e.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
  }
});

// A file that is chosen is shared, as in Slack.
document.addEventListener("change", (e) => {
  if (e.target.matches(".compose [type=file]") && e.target.value) e.target.form.requestSubmit();
});

document.addEventListener("input", (e) => comboInput(e.target));
document.addEventListener("focusin", (e) => comboInput(e.target));
window.addEventListener("popstate", listen);

// theme: the system's, light or dark.
function theme(name) {
  const order = ["system", "light", "dark"];
  const next = order[(order.indexOf(name) + 1) % order.length];
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  localStorage.setItem("theme", name);
  const button = document.getElementById("theme");
  button.textContent = "Theme: " + name;
  button.dataset.next = next;
}

const asked = new URLSearchParams(location.search);
theme(asked.get("theme") ?? localStorage.getItem("theme") ?? "system");
if (asked.has("token") || asked.has("theme")) { // neither belongs into the history
  asked.delete("token");
  asked.delete("theme");
  history.replaceState(null, "", asked.size ? "?" + asked : location.pathname);
}
document.querySelectorAll("[data-bottom]").forEach((list) => { list.scrollTop = list.scrollHeight; });
showDialog();
listen();
