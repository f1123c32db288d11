// The desk. Each module does one thing; they speak through events on the document.
import "./morph.js";
import "./list.js";
import "./stream.js";
import "./composer.js";
import "./keys.js";
import "./palette.js";
import "./live.js";
