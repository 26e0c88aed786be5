// What pages gain where scripts run. Each part is an element of its own; without it, the links and forms
// inside do the same.
import "./as-of-slider.js";
