// What every page has: fresh times, toasts, menus that close, dialogs, the offline bar, errors that say what to do, and what answers say.
import "./times.js";
import "./toasts.js";
import "./menus.js";
import "./connection.js";
import "./theme.js";
import "./copy.js";
import "./print.js";
import "./heard.js";
