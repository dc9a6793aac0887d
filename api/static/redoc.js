"use strict";

// Redoc shows a logo from its maker's site, and drops it where it cannot be loaded. Nothing here is asked of
// anybody else: an address elsewhere is taken away before the browser can follow it.
const image = HTMLImageElement.prototype;
const { setAttribute } = Element.prototype;
const src = Object.getOwnPropertyDescriptor(image, "src");

function elsewhere(value) {
  const { origin, protocol } = new URL(value, document.baseURI);
  return origin !== location.origin && protocol !== "data:";
}

function refuse(picture) {
  setTimeout(() => picture.dispatchEvent(new Event("error")));
}

image.setAttribute = function (name, value) {
  if (name.toLowerCase() === "src" && elsewhere(value)) return refuse(this);
  setAttribute.call(this, name, value);
};

Object.defineProperty(image, "src", {
  ...src,
  set(value) {
    if (elsewhere(value)) return refuse(this);
    src.set.call(this, value);
  },
});

const place = document.getElementById("redoc");
const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
const theme = {
  colors: { primary: { main: "#1f4e79" } },
  typography: {
    fontFamily: fonts,
    headings: { fontFamily: fonts },
    code: { fontFamily: "ui-monospace, 'Liberation Mono', monospace" },
  },
};
Redoc.init(place.dataset.schema, { jsonSampleExpandLevel: 3, maxDisplayedEnumValues: 8, theme }, place);
