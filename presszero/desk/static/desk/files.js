// Files of the composer: each goes up on its own, shows how far it is, and leaves its token in the form.
const shown = (bytes) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: 1 }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));

export function attach(list, file, url, headers) {
  const item = document.createElement("li");
  item.className = "file";
  const name = Object.assign(document.createElement("span"), { className: "cut", textContent: file.name });
  const size = Object.assign(document.createElement("span"), { className: "quiet", textContent: shown(file.size) });
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.append(name, size, bar);
  list.append(item);

  const form = new FormData();
  form.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", url);
  for (const [key, value] of Object.entries({ ...headers, Accept: "application/json" })) request.setRequestHeader(key, value);
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
  request.addEventListener("loadend", () => {
    bar.remove();
    const answer = read(request);
    if (request.status === 200) item.prepend(Object.assign(document.createElement("input"), { type: "hidden", name: "upload", value: answer.token }));
    else size.textContent = [answer.refused, answer.next_step].filter(Boolean).join(" ") || "!";
    const gone = Object.assign(document.createElement("button"), { type: "button", className: "btn s only" });
    gone.dataset.remove = "";
    gone.setAttribute("aria-label", `× ${file.name}`);
    gone.innerHTML = '<i class="icon s i-close" aria-hidden="true"></i>';
    item.append(gone);
    changed(list);
  });
  request.send(form);
}

export async function remove(item, headers) {
  const token = item.querySelector("input[name=upload]")?.value;
  const list = item.closest("[data-files]");
  item.remove();
  if (!token) return;
  await fetch(`/uploads/${encodeURIComponent(token)}`, { method: "DELETE", headers }).catch(() => {});
  changed(list);
}

// Whether they fit, and how they go, may be another matter now.
const changed = (list) => list?.dispatchEvent(new Event("files-changed", { bubbles: true }));

function read(request) {
  try { return JSON.parse(request.responseText); } catch { return {}; }
}
