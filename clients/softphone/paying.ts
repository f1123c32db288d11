// Nothing is recorded while somebody pays: the recording rests for as long as a sheet with a way to pay is open.

import type { DeskPhone } from "./desk_phone";

const SHEETS = "#draft-dialog[open], [data-pays]";

export function paying(phone: () => DeskPhone): void {
  let rests = 0; // the leg whose recording we paused
  const look = (): void => {
    const leg = phone().current;
    const open = [...document.querySelectorAll<HTMLElement>(SHEETS)].some((one) => one.getClientRects().length > 0);
    if (open && leg?.recording === "running" && !rests) {
      rests = leg.id;
      void phone().ask(leg, "record", { on: 0 });
    }
    if (!open && rests) {
      if (leg?.id === rests && leg.recording === "paused") void phone().ask(leg, "record", { on: 1 });
      rests = 0;
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["open", "hidden"] });
}
