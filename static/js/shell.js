// What the shell adds when JavaScript is there; every page works without it.

const menus = () => document.querySelectorAll("details.lp-menu[open], details.lp-village[open]");

// An open drop-down closes on Escape and on a tap elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

// After a refused form the reader starts at the list of what to put right.
const toErrors = () => document.querySelector(".lp-errors")?.focus();
toErrors();
document.addEventListener("htmx:afterSwap", toErrors);

// The bell asks once a minute whether there is something new, only while somebody looks at the page.
const MINUTE = 60_000;
const bell = () => document.getElementById("bell");
let lookedAt = Date.now();
const look = () => {
  if (document.visibilityState !== "visible" || Date.now() - lookedAt < MINUTE) return;
  lookedAt = Date.now();
  bell()?.dispatchEvent(new Event("lp:look"));
};
setInterval(look, MINUTE / 4);
document.addEventListener("visibilitychange", look);
// It stays as it is when the server is away or leads elsewhere: no other page may take the place of what somebody writes.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (requestConfig.elt.id !== "bell") return;
  const isLedAway = new URL(xhr.responseURL || location).pathname !== new URL(requestConfig.path, location).pathname;
  if (xhr.status >= 400 || isLedAway) event.detail.shouldSwap = false;
});
