// A large file goes up in parts, each tried again when the connection breaks; a small one as the form itself would.
// Heard on the document: the page may be walked to, and away from, many times.
document.addEventListener("change", (event) => {
  if (!event.target.matches("form[data-upload] input[type=file]") || !event.target.files[0]) return;
  event.target.form.querySelector("[data-name]").textContent = event.target.files[0].name;
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  const file = form.matches("form[data-upload]") && form.querySelector("input[type=file]").files[0];
  if (!file) return;
  event.preventDefault();
  send(form, file).catch((why) => refuse(form, why.message || form.dataset.saysBroken));
});

async function send(form, file) {
  const button = form.querySelector("button.go");
  button.disabled = true;
  form.querySelector("[data-wrong]").hidden = true;
  form.querySelector("[data-progress]").hidden = false;
  const fields = new FormData(form);
  fields.delete("file");
  fields.set("filename", file.name);
  try {
    const begun = await answer(form, await post(form, form.dataset.upload, new URLSearchParams(fields)));
    for (let number = 1, from = 0; from < file.size; number += 1, from += begun.part) {
      const part = file.slice(from, from + begun.part);
      await answer(form, await persist(form, `${begun.url}/parts/${number}`, part));
      show(form, Math.min(from + begun.part, file.size), file.size);
    }
    const whole = await answer(form, await post(form, `${begun.url}/whole`, ""));
    location.assign(whole.url);
  } finally {
    button.disabled = false;
  }
}

function post(form, url, body) {
  const token = form.querySelector("input[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
  return fetch(url, { method: "POST", body, headers });
}

async function persist(form, url, body, tries = 5) {
  for (let tried = 1; ; tried += 1) {
    try {
      const response = await post(form, url, body);
      if (response.status < 500 || tried === tries) return response;
    } catch (why) {
      if (tried === tries) throw new Error(form.dataset.saysBroken, { cause: why });
    }
    await new Promise((done) => setTimeout(done, 500 * 2 ** tried));
  }
}

async function answer(form, response) {
  if (response.status === 204) return {};
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(said.refused || form.dataset.saysBroken);
  return said;
}

function show(form, done, all) {
  form.querySelector("progress").value = (100 * done) / all;
  const words = form.dataset.saysPart.replace("{done}", size(done)).replace("{all}", size(all));
  form.querySelector("[data-arrived]").textContent = words;
}

function size(bytes) {
  const unit = bytes < 1e6 ? ["kilobyte", 1e3] : bytes < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const format = { style: "unit", unit: unit[0], maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(bytes / unit[1]);
}

function refuse(form, words) {
  const wrong = form.querySelector("[data-wrong]");
  wrong.textContent = words;
  wrong.hidden = false;
}
