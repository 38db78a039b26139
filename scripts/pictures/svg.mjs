/** Frames of a terminal as one SVG without scripts, so that GitHub shows it, in the colours that the reader likes. */

const CELL = { width: 8.4, height: 19 };
const FONT_SIZE = 14;
const MARGIN = 16;
/** Room for the three dots of a window. */
const BAR = 30;

/** Those of GitHub's pages. `ansi`: the colours 1 to 7 of a terminal. */
const LIGHT = {
  page: '#f6f8fa',
  edge: '#d0d7de',
  text: '#1f2328',
  ansi: ['#cf222e', '#116329', '#9a6700', '#0969da', '#8250df', '#1b7c83', '#57606a'],
};
const DARK = {
  page: '#161b22',
  edge: '#30363d',
  text: '#e6edf3',
  ansi: ['#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
};

/**
 * @param {{ rows: object[][], cursor?: { x: number, y: number }, ms: number }[]} frames one for a still
 * @param {number} columns
 */
export function drawSvg(frames, columns) {
  const height = Math.max(...frames.map(({ rows }) => rows.length));
  const size = {
    width: px(columns * CELL.width + 2 * MARGIN),
    height: px(height * CELL.height + BAR + MARGIN),
  };
  const total = frames.reduce((sum, { ms }) => sum + ms, 0);
  const pieces = piecesOf(frames, height);
  const spans = [...new Set(pieces.map(({ from, to }) => `${from} ${to}`))];
  const isStill = frames.length === 1;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img">`,
    `<style>${styles(total, isStill ? [] : spans)}</style>`,
    `<rect class="page" x=".5" y=".5" width="${size.width - 1}" height="${size.height - 1}" rx="8"/>`,
    ...[0, 1, 2].map((dot) => `<circle class="dot" cx="${MARGIN + 4 + dot * 16}" cy="16" r="5"/>`),
    ...pieces.map(({ from, to, content }) =>
      isStill
        ? content
        : `<g class="${to === total ? 'f e' : 'f'}" style="animation-name:k${spans.indexOf(`${from} ${to}`)}">${content}</g>`,
    ),
    '</svg>\n',
  ].join('\n');
}

/** What is drawn in each row, once for as long as it stays the same. */
function piecesOf(frames, height) {
  const pieces = [];
  for (let y = 0; y < height; y += 1) {
    let time = 0;
    let last;
    for (const { rows, cursor, ms } of frames) {
      const content = drawRow(rows[y] ?? [], y) + (cursor?.y === y ? drawCursor(cursor) : '');
      if (last?.content === content) last.to += ms;
      else pieces.push((last = { from: time, to: time + ms, content }));
      time += ms;
    }
  }
  return pieces.filter(({ content }) => content !== '');
}

function drawRow(runs, y) {
  const top = BAR + y * CELL.height;
  return runs
    .map(({ x, width, text, style }) => {
      const place = { x: px(MARGIN + x * CELL.width), width: px(width * CELL.width) };
      const box = /\bi\b/.test(style)
        ? `<rect class="${style}" x="${place.x}" y="${top}" width="${place.width}" height="${CELL.height}"/>`
        : '';
      const name = style === '' ? '' : ` class="${style}"`;
      return `${box}<text${name} x="${place.x}" y="${top + FONT_SIZE}" textLength="${place.width}" xml:space="preserve">${escapeXml(text)}</text>`;
    })
    .join('');
}

const drawCursor = ({ x, y }) =>
  `<rect class="cursor" x="${px(MARGIN + x * CELL.width)}" y="${BAR + y * CELL.height}" width="${CELL.width}" height="${CELL.height - 2}"/>`;

function styles(total, spans) {
  const percent = (ms) => `${Number(((ms / total) * 100).toFixed(3))}%`;
  const moving = `.f{visibility:hidden;animation:${total}ms step-end infinite}.e{visibility:visible}`;
  const keyframes = spans.map((span, index) => {
    const [from, to] = span.split(' ').map(Number);
    const before = from === 0 ? '' : '0%{visibility:hidden}';
    const after = to === total ? '100%{visibility:visible}' : `${percent(to)},100%{visibility:hidden}`;
    return `@keyframes k${index}{${before}${percent(from)}{visibility:visible}${after}}`;
  });
  const still = '@media (prefers-reduced-motion:reduce){.f{animation:none}}';
  return [
    `text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}`,
    '.b{font-weight:bold}.d{opacity:.65}.u{text-decoration:underline}.dot{opacity:.35}.cursor{opacity:.55}',
    colours(LIGHT),
    `@media (prefers-color-scheme:dark){${colours(DARK)}}`,
    ...(spans.length > 0 ? [moving, ...keyframes, still] : []),
  ].join('\n');
}

function colours({ page, edge, text, ansi }) {
  return [
    `.page{fill:${page};stroke:${edge}}text,.dot,.cursor,rect.i{fill:${text}}`,
    ...ansi.map((colour, index) => `.c${index + 1},.c${index + 9}{fill:${colour}}`),
    // A bright black is the grey of notes.
    `.c8{fill:${ansi.at(-1)};opacity:.75}`,
    `text.i{fill:${page}}`,
  ].join('');
}

const px = (length) => Number(length.toFixed(1));

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
