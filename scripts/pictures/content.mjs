/** What a picture says, without what is different each time: numbers, ages, and where a line ends because of them. */

/** @param {string} svg a picture of ours @returns {string} what is on its screen at the end */
export function contentOfSvg(svg) {
  const isMoving = svg.includes('<g class="f');
  const shown = isMoving ? (svg.match(/^<g class="f e".*$/gm) ?? []).join('') : svg;
  const texts = [...shown.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  return normalise(texts.join('\n'));
}

/** @param {string} text */
export function normalise(text) {
  return (
    text
      .replaceAll(/-[\da-f]{6}(?=\.localhost)/g, '')
      // The age of what has just begun.
      .replaceAll(/\bnow\b/g, '#')
      .replaceAll(/\d+(\.\d+)*/g, '#')
      .replaceAll(/#\s*(ms|[smhd]|[kM]B)\b(\s+#\s*(ms|[smhd])\b)*/g, '#')
      // The share of a core is known from the second observation on.
      .replaceAll(/, #\s*%/g, '')
      .replaceAll(/\s+/g, '')
  );
}
