/* On paper a page says its whole address, which no answer may take from what a client says of its host. */
"use strict";
document.querySelector(".printed").textContent = location.href;
