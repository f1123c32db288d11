// A button prints the page: data-prints. What is on paper is the page's own CSS.
document.addEventListener("click", (event) => { if (event.target.closest("[data-prints]")) print(); });
