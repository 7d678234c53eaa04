// 记一件事: computes while one fills in, finds a rule by a word, names the chosen files. The form works without it.

const form = document.querySelector("#fact-form");
const rule = form.querySelector("#id_rule");
const WAIT = 400;
let timer;

// Ask the server what the rule says; files stay here. `whole` swaps the rule's fields too, else only the answer.
const compute = async (whole) => {
  const data = new FormData(form);
  data.delete("photos");
  data.set("calc", "1");
  const response = await fetch(location.href, { method: "POST", body: data, headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = whole ? "#rule-part" : "#answer";
  form.querySelector(part).replaceWith(page.querySelector(part));
};

form.addEventListener("change", (event) => {
  if (event.target === rule) compute(true);
  else if (event.target.matches("[data-files]")) nameFiles();
});
form.addEventListener("input", (event) => {
  if (event.target === rule || event.target.type === "file" || event.target.type === "search") return;
  clearTimeout(timer);
  timer = setTimeout(() => rule.value && compute(false), WAIT);
});
form.addEventListener("click", (event) => {
  if (!event.target.closest("[data-calc]")) return;
  event.preventDefault();
  compute(true);
});

const nameFiles = () => {
  const files = [...form.querySelectorAll("[data-files]")].flatMap((input) => [...input.files]);
  form.querySelector("[data-chosen]").textContent = files.length ? `选了${files.length}份：${files.map((f) => f.name).join("、")}` : "";
};

// A long rulebook: type a word to shorten the list.
const search = document.createElement("input");
search.type = "search";
search.className = "form-control mb-2";
search.setAttribute("aria-label", "按字找细则");
search.placeholder = "按字找，比如：垃圾";
search.addEventListener("input", () => {
  const word = search.value.trim();
  for (const option of rule.querySelectorAll("option[value]:not([value=''])")) {
    option.hidden = option.disabled = Boolean(word) && !option.text.includes(word);
  }
  for (const group of rule.querySelectorAll("optgroup")) {
    group.hidden = !group.querySelector("option:not([hidden])");
  }
});
if (rule.options.length > 12) {
  rule.before(search);
}
