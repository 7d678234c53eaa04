// "打印" needs a script: what is marked data-print is hidden until this one is there.

for (const button of document.querySelectorAll("[data-print]")) {
  button.closest("[hidden]")?.removeAttribute("hidden");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    window.print();
  });
}
