// Colours that can be read: whatever accent a page sets, in light and dark.

const PAPER = { light: [255, 255, 255], dark: [30, 33, 37] };
const WHITE = [255, 255, 255];
const BLACK = [16, 18, 20];
const PLENTY = 4.6; // WCAG 2 AA asks for 4.5 between words and what is behind them
const SEEN = 3; // and for 3 between a button and what is around it

/** `rgb(…)`, `rgba(…)` or `color(srgb …)`, as browsers compute them, in 0..255 with alpha; or null. */
export function parsed(colour) {
  const numbers = (colour.match(/-?[\d.]+(?:e-?\d+)?/g) || []).map(Number);
  const scale = /^color\(srgb /.test(colour) ? 255 : /^rgba?\(/.test(colour) ? 1 : 0;
  if (!scale || numbers.length < 3) return null;
  const alpha = numbers.length > 3 ? numbers[3] : 1;
  return [...numbers.slice(0, 3).map((one) => Math.min(255, Math.max(0, one * scale))), alpha];
}

/** Any CSS colour in 0..255, by asking the browser; null when it is none. */
export function resolved(colour, probe) {
  probe.style.color = "";
  probe.style.color = colour;
  if (!probe.style.color) return null;
  probe.style.color = `color-mix(in srgb, ${colour} 100%, black)`; // stays as it was where unknown
  return parsed(getComputedStyle(probe).color);
}

function luminance(rgb) {
  const [r, g, b] = rgb.slice(0, 3).map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio as WCAG 2 defines it. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The colour nearest to `rgb`, towards black or white, that can be read as text on `paper`. */
export function legible(rgb, paper) {
  const end = luminance(paper) > 0.18 ? 0 : 255;
  let mixed = rgb.slice(0, 3);
  for (let step = 1; step <= 20 && contrast(mixed, paper) < PLENTY; step += 1) {
    mixed = rgb.slice(0, 3).map((one) => Math.round(one + ((end - one) * step) / 20));
  }
  return mixed;
}

const text = (rgb) => `rgb(${rgb.slice(0, 3).map(Math.round).join(" ")})`;

/**
 * Sets the accent's variables on the widget's root element: `--accent` for surfaces, `--on-accent`
 * for what stands on it, `--link` for words on paper. Does nothing with a colour that is none.
 */
export function setAccent(root, accent, theme) {
  for (const name of ["--accent", "--on-accent", "--link"]) root.style.removeProperty(name);
  const probe = document.createElement("span");
  root.append(probe);
  const rgb = accent && resolved(accent, probe);
  const paper = resolved(getComputedStyle(root).getPropertyValue("--paper"), probe) || PAPER[theme];
  probe.remove();
  if (!rgb) return;
  const link = legible(rgb, paper);
  const surface = contrast(rgb, paper) < SEEN ? link : rgb;
  const on = contrast(surface, WHITE) >= PLENTY ? WHITE : BLACK;
  root.style.setProperty("--accent", text(legible(surface, on)));
  root.style.setProperty("--on-accent", text(on));
  root.style.setProperty("--link", text(link));
}

/** Whether the page is dark behind this element: as painted, else as its colour scheme says. */
export function pageIsDark(element) {
  for (let around = element.parentNode; around; around = around.parentNode || around.host) {
    if (around.nodeType !== Node.ELEMENT_NODE) continue;
    const behind = parsed(getComputedStyle(around).backgroundColor);
    if (behind && behind[3] > 0.5) return luminance(behind) < 0.18;
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme || "";
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches;
  return scheme.includes("dark") && (!scheme.includes("light") || preferred);
}
