// What somebody's words promise, as chips beside the box they write in: the composer's, and the phone's after a call.

// The chips as the server sees the words now. What was taken stays taken while it stands in them.
export function show(place, chips) {
  const taken = new Set([...place.querySelectorAll(":checked")].map((one) => one.dataset.same));
  place.innerHTML = chips;
  for (const one of place.querySelectorAll("[data-same]")) one.checked = taken.has(one.dataset.same);
}

// The first that is not taken yet; once all are, they are given back.
export function takeNext(within) {
  const chips = [...within.querySelectorAll("[data-same]")];
  const next = chips.find((one) => !one.checked);
  if (next) next.checked = true;
  else for (const one of chips) one.checked = false;
}
