// Uploads a file as Uppy does, by tus-js-client: node upload.js ENDPOINT FILE TRANSACTION [CHUNK [STOP]]
// Prints the address. With STOP it goes away after so many bytes and comes back with a new client,
// which finds the upload by its address.

const fs = require("fs");
const tus = require("tus-js-client");

const [endpoint, file, transaction, chunk, stop] = process.argv.slice(2);
const content = fs.readFileSync(file);

function upload(previous) {
  const options = {
    endpoint,
    headers: { "x-tus-transaction-id": transaction },
    metadata: { filename: file.split("/").pop(), filetype: "image/jpeg", relativePath: "null" },
    chunkSize: Number(chunk) || Infinity,
    uploadUrl: previous || null,
    retryDelays: [0, 1000],
    onError: (error) => {
      console.error(String(error));
      process.exit(1);
    },
    onSuccess: () => console.log(current.url),
    onChunkComplete: (_size, sent) => {
      if (!previous && Number(stop) && sent >= Number(stop)) {
        current.abort();
        current = upload(current.url);
      }
    },
  };
  const made = new tus.Upload(content, options);
  made.start();
  return made;
}

let current = upload();
