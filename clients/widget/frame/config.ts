// What the page was drawn with: the merchant's look, words in the reader's language, hours. Nothing personal.

export interface Invitation {
  id: string;
  page: string; // of a path, with * for anything: "/boots/*"; "" is every page
  seconds: number; // on the page
  cart: number; // at least, in the shop's currency; 0 is any
  text: string;
  days: number; // until it may be shown to this browser again
}

export interface Config {
  token: string;
  name: string;
  language: string;
  rtl: boolean;
  sites: string[]; // exact origins that may frame us
  colour: string; // #rrggbb
  position: "left" | "right";
  open: boolean;
  answers: string; // when we answer, in the server's words
  opens: string; // ISO 8601, when closed
  minutes: number; // until the first answer, of open time
  privacy: string; // the shop's own page on it, or ""
  phone: string;
  callMe: string; // the page on which they ask to be called, or ""
  texts: Record<string, string>;
  invitations: Invitation[];
  limits: { files: number; bytes: number; text: number };
}

export const config: Config = JSON.parse(document.getElementById("config")?.textContent ?? "{}");

/** Our words, with the values put in: t("back", { when }). */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const said = config.texts[key] ?? key;
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const SHORT: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };

// The reader's own variant of the language knows how a time is written there.
const LOCALE = navigator.languages.find((each) => each.split("-")[0] === config.language) ?? config.language;

export function clock(at: Date): string {
  return at.toLocaleTimeString(LOCALE, SHORT);
}

/** "Today", "Yesterday", "Tuesday", "12 November". */
export function day(at: Date, now = new Date()): string {
  const days = Math.round((midnight(now) - midnight(at)) / 864e5);
  if (days < 2 && days > -2) {
    const said = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" }).format(-days, "day");
    return said.charAt(0).toLocaleUpperCase(LOCALE) + said.slice(1);
  }
  const style: Intl.DateTimeFormatOptions = Math.abs(days) < 7 ? { weekday: "long" } : { day: "numeric", month: "long" };
  return at.toLocaleDateString(LOCALE, style);
}

/** "Monday 09:00" for a moment to come. */
export function when(at: Date): string {
  return `${day(at)}, ${clock(at)}`;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
