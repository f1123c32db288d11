// What every page has: fresh times, toasts, menus that close, dialogs, the offline bar, and errors that say what to do.
import "./times.js";
import "./toasts.js";
import "./menus.js";
import "./connection.js";
import "./theme.js";
import "./copy.js";
