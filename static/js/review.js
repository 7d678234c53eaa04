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
find("[data-ballot]")?.addEventListener("submit", (event) => {
  event.target.querySelector("[type=submit]").disabled = true;
});

const sum = find("[data-sum]");
const say = () => {
  const ticked = [...document.querySelectorAll('input[name="tick"]:checked')];
  const tenths = ticked.reduce((total, box) => total + Number(box.dataset.tenths), 0);
  if (ticked.length) sum.textContent = `已勾${ticked.length}条，共加${tenths / 10}分。先看清单，再签字通过。`;
  else sum.textContent = "勾好了先看清单，再签字一并通过。";
};
if (sum) {
  document.addEventListener("change", say);
  say();
}

// The line of the case stays in sight.
find(".lp-q--on")?.scrollIntoView({ block: "nearest" });
