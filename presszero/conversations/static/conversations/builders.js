// Both builders, for pages that use either.
import "./filter.js";
import "./steps.js";
