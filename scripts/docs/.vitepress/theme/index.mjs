// The system's fonts: a page of docs is there before a font would be.
export { default } from 'vitepress/theme-without-fonts';
