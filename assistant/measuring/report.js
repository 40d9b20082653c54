"use strict";
// Filters the questions, opens the one that a link points to, and opens those shown before printing.
(() => {
  const form = document.getElementById("filter");
  const cases = Array.from(document.querySelectorAll("details.case"));
  if (!form || !cases.length) return;
  const count = document.getElementById("shown");
  const fields = ["kind", "theme", "source", "verdict"];
  const fold = (text) => text.toLocaleLowerCase("sv").replace(/\s+/g, " ");
  // The words of the question, its answer and its gold, but not of everything that search happened to find.
  const parts = "summary, .inside > :not(.hits)";
  const read = (item) => Array.from(item.querySelectorAll(parts), (part) => part.textContent).join(" ");
  const words = new Map(cases.map((item) => [item, fold(read(item))]));

  const admits = (item) =>
    fields.every((name) => {
      const wanted = form.elements[name].value;
      return !wanted || (item.dataset[name] || "").split("|").includes(wanted);
    }) &&
    fold(form.elements.words.value)
      .split(" ")
      .every((word) => words.get(item).includes(word));

  const filter = () => {
    let shown = 0;
    for (const item of cases) {
      item.hidden = !admits(item);
      if (!item.hidden) shown += 1;
    }
    count.textContent = `Visar ${shown} av ${cases.length} frågor.`;
  };

  const setOpen = (open) => {
    for (const item of cases) if (!item.hidden) item.open = open;
  };

  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const item = target && target.closest("details.case");
    if (!item) return;
    if (item.hidden) {
      form.reset();
      filter();
    }
    item.open = true;
    target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.getElementById("open-all").addEventListener("click", () => setOpen(true));
  document.getElementById("close-all").addEventListener("click", () => setOpen(false));
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("beforeprint", () => setOpen(true));
  filter();
  openTarget();
})();
