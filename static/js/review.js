// The council's queue by keyboard, and the sum of what is ticked. The page works without.

const writes = (target) => target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])");
const find = (selector) => document.querySelector(selector);

const KEYS = {
  j: () => find('a[data-key="j"]')?.click(),
  k: () => find('a[data-key="k"]')?.click(),
  1: () => find('[data-ballot] [data-key="1"]')?.click(),
  2: () => find('[data-ballot] [data-key="2"]')?.click(),
  3: () => find('[data-ballot] [data-key="3"]')?.click(),
  x: () => find('.lp-q--on input[name="tick"]')?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) find("[data-ballot]")?.requestSubmit();
  else if (!event.ctrlKey && !event.altKey && !event.metaKey && !writes(event.target)) KEYS[event.key.toLowerCase()]?.();
});

// One vote is one press: a second one would only read that the first was kept.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-ballot]")) event.target.querySelector("[type=submit]").disabled = true;
});

const say = () => {
  const sum = find("[data-sum]");
  if (!sum) return;
  const ticked = [...document.querySelectorAll('input[name="tick"]:checked')];
  const tenths = ticked.reduce((total, box) => total + Number(box.dataset.tenths), 0);
  if (ticked.length) sum.textContent = `已勾${ticked.length}条，共加${tenths / 10}分。先看清单，再签字通过。`;
  else sum.textContent = "勾好了先看清单，再签字一并通过。";
};
document.addEventListener("change", say);
say();

// The line of the case is marked and stays in sight.
const mark = () => {
  const shown = find("#case [data-item]")?.dataset.item;
  for (const line of document.querySelectorAll("[data-line]")) {
    const on = line.dataset.line === shown;
    line.classList.toggle("lp-q--on", on);
    if (on) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
  find(".lp-q--on")?.scrollIntoView({ block: "nearest" });
};

// While another case is on its way, nothing can be chosen in the one it will replace: the choice would be lost.
const hold = (held) => (event) => {
  if (event.detail.target.id === "case") event.detail.target.inert = held;
};
document.addEventListener("htmx:beforeRequest", hold(true));
document.addEventListener("htmx:afterRequest", hold(false));

// Either side may come later than the page. Whoever opens a line is at the case, which a phone shows alone.
const ofTheBell = (event) => event.detail.requestConfig?.elt.id === "bell"; // js/shell.js
document.addEventListener("htmx:afterSettle", (event) => {
  if (ofTheBell(event)) return;
  mark();
  say();
  if (!event.detail.boosted) return;
  find("#main").classList.replace("lp-desk--list", "lp-desk--case");
  find("#case").scrollTo(0, 0);
});

// What is answered from elsewhere (the session ended) is a page of its own.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (ofTheBell(event)) return;
  const answered = new URL(event.detail.xhr.responseURL);
  if (answered.pathname === location.pathname || event.detail.xhr.status >= 400) return;
  event.detail.shouldSwap = false;
  location.assign(answered);
});
