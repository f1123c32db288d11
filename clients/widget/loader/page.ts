// Where the visitor is, and when that changes without a new page.

import type { Page } from "../shared/speech";

const SETTLES = 250; // milliseconds: a page of one script sets its title after its address

/** Query string and fragment stay here. */
export function whereWeAre(): Page {
  return { url: location.origin + location.pathname, title: document.title.slice(0, 200) };
}

/** Calls with every page after the first. */
export function watchPage(changed: (page: Page) => void): void {
  let last = location.pathname;
  let timer = 0;
  const look = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.pathname === last) return;
      last = location.pathname;
      changed(whereWeAre());
    }, SETTLES);
  };
  for (const name of ["pushState", "replaceState"] as const) {
    const real = history[name];
    history[name] = function (this: History, ...given: Parameters<History["pushState"]>): void {
      real.apply(this, given);
      look();
    };
  }
  addEventListener("popstate", look);
}
