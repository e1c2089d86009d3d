// The pages work without this: it asks before something is ended for good, copies what is to be copied, and moves the menu
// of a small screen to where one is.
"use strict";
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", () => navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent));
}
const here = document.querySelector(".menu [aria-current]");
if (here) here.parentElement.parentElement.scrollLeft = here.offsetLeft - 16;
