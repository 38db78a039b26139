// Writes lines for as long as somebody reads them; ends with 9 when nobody does.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 9 : 8));

const chat = () => {
  process.stdout.write('again\n');
  setTimeout(chat, 1);
};
chat();
