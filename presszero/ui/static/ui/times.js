// <time data-as="ago|moment|until"> in the reader's own language and zone, kept fresh. The server's text is the fallback.
const page = document.documentElement.lang || undefined;
// The page's language as its reader writes it: a page in English has British dates for whoever reads British English.
const language = navigator.languages?.find((one) => one === page || one.startsWith(`${page}-`)) ?? page;
const unit = (n, name) => new Intl.NumberFormat(page, { style: "unit", unit: name, unitDisplay: "short" }).format(n);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "short" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const recent = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

const sameDay = (a, b) => a.toDateString() === b.toDateString();
const date = (at, now) => (at.getFullYear() === now.getFullYear() ? day : dayOfYear).format(at);

const write = {
  ago(at, now) {
    const seconds = (now - at) / 1000;
    if (Math.abs(seconds) < 60) return recent.format(0, "second");
    if (seconds < 0) return write.moment(at, now);
    if (seconds < 3600) return unit(Math.floor(seconds / 60), "minute");
    if (seconds < 86400) return unit(Math.floor(seconds / 3600), "hour");
    return seconds < 6 * 86400 ? weekday.format(at) : date(at, now);
  },
  moment(at, now) {
    if (sameDay(at, now)) return clock.format(at);
    if (Math.abs(now - at) < 6 * 86400e3) return `${weekday.format(at)} ${clock.format(at)}`;
    return `${date(at, now)}, ${clock.format(at)}`;
  },
  day: (at) => dayOfYear.format(at),
  until(at, now) {
    const minutes = Math.floor(Math.abs(at - now) / 60000);
    if (minutes >= 48 * 60) return unit(Math.floor(minutes / 1440), "day");
    if (minutes >= 600) return unit(Math.floor(minutes / 60), "hour");
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  },
};

export function freshen(root = document) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[data-as]")) {
    const at = new Date(element.dateTime);
    const text = write[element.dataset.as]?.(at, now);
    if (text && text !== element.textContent) element.textContent = text;
    if (!element.title) element.title = whole.format(at);
  }
}

freshen();
setInterval(freshen, 20_000);
document.addEventListener("htmx:load", (event) => freshen(event.detail.elt.parentElement ?? document));
document.addEventListener("morphed", () => freshen());
