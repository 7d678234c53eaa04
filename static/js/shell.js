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
