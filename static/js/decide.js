// Deciding a case: recomputes what each outcome changes while one fills in, and puts paragraphs in place. Works without.

const form = document.querySelector("#decide");
const grounds = form.querySelector("#id_grounds");
const WAIT = 400;
let timer;

const compute = async () => {
  const data = new FormData(form);
  data.set("calc", "1");
  const response = await fetch(location.href, { method: "POST", body: data, headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  form.querySelector("#outcomes").replaceWith(page.querySelector("#outcomes"));
};

form.addEventListener("input", (event) => {
  if (!event.target.matches("[name=quantity], [name=chosen], [name=labels], [name=out]")) return;
  clearTimeout(timer);
  timer = setTimeout(compute, WAIT);
});

// The rule brings its own fields along: the page is drawn anew.
form.querySelector("#id_rule")?.addEventListener("change", () => form.querySelector("[name=calc]").click());

form.querySelector("[name=paste]")?.addEventListener("click", (event) => {
  event.preventDefault();
  const chosen = form.querySelector("#id_paragraph").value;
  const text = form.querySelector(`[data-paragraph="${CSS.escape(chosen)}"]`)?.content.textContent;
  if (!text) return;
  grounds.value = `${grounds.value.trimEnd()}\n${text}`.trim();
  grounds.focus();
});
