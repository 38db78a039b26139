/** What is wrong with the built site: links and anchors that lead nowhere, and what comes from other hosts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Attributes of which a browser loads the value by itself. */
const LOADED = /<(?:script|img|source|iframe|video|audio|link)\b[^>]*?\s(?:src|srcset|href)="([^"]*)"/g;
const LINKS = /<a\b[^>]*?\shref="([^"]*)"/g;
const ANCHORS = /\s(?:id|name)="([^"]*)"/g;
/** In a stylesheet. */
const LOADED_BY_STYLE = /url\(["']?([^)"']+)|@import\s+["']([^"']+)/g;

/**
 * @param {string} folder the built site
 * @param {string} base the path under which it is served, with a slash at each end
 * @returns {string[]} one sentence for each problem
 */
export function problemsOfSite(folder, base) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(folder, join(entry.parentPath, entry.name)));
  const read = (file) => readFileSync(join(folder, file), 'utf8');
  const pages = new Map(files.filter((file) => file.endsWith('.html')).map((file) => [file, read(file)]));
  const anchors = new Map([...pages].map(([file, text]) => [file, new Set(matches(text, ANCHORS))]));
  const site = { files: new Set(files), anchors, base };
  return [
    ...[...pages].flatMap(([file, text]) => [
      ...matches(text, LINKS).flatMap((href) => problemOfLink(file, href, site)),
      ...matches(text, LOADED).flatMap((source) => problemOfSource(file, source, site)),
    ]),
    ...files
      .filter((file) => file.endsWith('.css'))
      .flatMap((file) =>
        matches(read(file), LOADED_BY_STYLE)
          .filter(isOfOtherHost)
          .map((source) => `${file} loads ${source}`),
      ),
  ];
}

const isOfOtherHost = (address) => /^(https?:)?\/\//.test(address);

/** Links to other hosts may be followed; what they lead to is not looked at. */
function problemOfLink(page, href, site) {
  if (/^[a-z][\w+.-]*:|^\/\//i.test(href)) return [];
  const { file, anchor } = targetOf(page, href, site);
  if (!site.files.has(file)) return [`${page} links to ${href}, which is not there`];
  if (anchor !== '' && site.anchors.get(file)?.has(anchor) === false)
    return [`${page} links to ${href}, and ${file} has no such anchor`];
  return [];
}

function problemOfSource(page, source, site) {
  if (source.startsWith('data:')) return [];
  if (isOfOtherHost(source)) return [`${page} loads ${source}`];
  return site.files.has(targetOf(page, source, site).file)
    ? []
    : [`${page} loads ${source}, which is not there`];
}

function targetOf(page, href, { base }) {
  const { pathname, hash } = new URL(href.replaceAll('&amp;', '&'), `http://site${base}${page}`);
  const path = decodeURIComponent(pathname).slice(base.length);
  return {
    file: path === '' || path.endsWith('/') ? `${path}index.html` : path,
    anchor: decodeURIComponent(hash.slice(1)),
  };
}

const matches = (text, pattern) =>
  [...text.matchAll(pattern)].map(([, first, second]) => first ?? second ?? '');
