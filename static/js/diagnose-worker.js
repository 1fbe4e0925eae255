// Reads a log, a recording of a browser (HAR) or a file beside the page, so that the page answers all the while.
// It gets everything in messages, and asks the network for nothing.

const PAUSE = 40; // milliseconds of work before messages are looked at
const PIECE = 1 << 20; // characters

let stopped = false;

const pause = () => new Promise((resolve) => setTimeout(resolve));

// The text of a file in pieces, unpacked if it is packed; `read` tells how many bytes of the file were taken.
const piecesOf = (file, progress) => {
  const counting = new TransformStream({
    transform(bytes, controller) {
      progress.read += bytes.byteLength;
      controller.enqueue(bytes);
    },
  });
  return async () => {
    const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    const bytes = file.stream().pipeThrough(counting);
    const isPacked = start[0] === 0x1f && start[1] === 0x8b;
    const encoding = start[0] === 0xff && start[1] === 0xfe ? "utf-16le" : "utf-8";
    const unpacked = isPacked ? bytes.pipeThrough(new DecompressionStream("gzip")) : bytes;
    return unpacked.pipeThrough(new TextDecoderStream(encoding)).getReader();
  };
};

// All of a recording's text, which is no larger than the limit whatever the file unpacks to.
const unpackedText = async (file, limit) => {
  const stream = await piecesOf(file, { read: 0 })();
  const pieces = [];
  let length = 0;
  for (let piece = await stream.read(); !piece.done; piece = await stream.read()) {
    length += piece.value.length;
    if (length > limit) {
      await stream.cancel();
      throw Object.assign(new Error(), { reason: "har_too_large" });
    }
    pieces.push(piece.value);
  }
  return pieces.join("");
};

const isHar = (text) => /^\s*\{\s*"log"\s*:\s*\{/.test(text.slice(0, 2000));

const readRecording = async (text, { patterns, language }, reading, report) => {
  const reader = new reading.HarReader(text, patterns);
  if (!reader.entries) return null;
  for (let share = 0; share < 1 && !stopped; ) {
    share = reader.advance(PAUSE);
    report(share);
    await pause();
  }
  return reader.report(language);
};

const readText = async (text, { patterns, language }, reading, report) => {
  if (isHar(text)) return readRecording(text, { patterns, language }, reading, report);
  const reader = new reading.LogReader(patterns);
  let last = performance.now();
  for (let place = 0; place < text.length && !stopped; place += PIECE) {
    reader.push(text.slice(place, place + PIECE));
    if (performance.now() - last > PAUSE) {
      report(place / text.length);
      await pause();
      last = performance.now();
    }
  }
  return reader.report(language);
};

const readFile = async (file, { patterns, language, limits }, reading, report) => {
  const progress = { read: 0 };
  const stream = await piecesOf(file, progress)();
  const first = await stream.read();
  if (first.done) return null;
  if (isHar(first.value)) {
    await stream.cancel();
    const text = await unpackedText(file, limits.har);
    return readRecording(text, { patterns, language }, reading, report);
  }
  const reader = new reading.LogReader(patterns);
  let last = performance.now();
  let taken = 0;
  for (let piece = first; !piece.done && !stopped; piece = await stream.read()) {
    reader.push(piece.value);
    taken += piece.value.length;
    if (taken > limits.unpacked) stopped = true;
    if (performance.now() - last > PAUSE) {
      report(progress.read / file.size);
      await pause();
      last = performance.now();
    }
  }
  if (stopped) {
    report(progress.read / file.size);
    await stream.cancel();
  }
  return reader.report(language);
};

self.addEventListener("message", async ({ data }) => {
  if (data.stop) {
    stopped = true;
    return;
  }
  stopped = false;
  const report = (share) => self.postMessage({ share });
  try {
    const reading = await import(data.reading);
    const { text, file, patterns, language } = data;
    // One line, or a trace: what it says comes first. Lines of a log are counted.
    const found = file ? null : reading.readCard(text, patterns, language);
    let result = null;
    if (!found || found.isLog) {
      result = await (file ? readFile(file, data, reading, report) : readText(text, data, reading, report));
    }
    const card = result ? null : (found?.card ?? null);
    const codes = result || file || card ? [] : reading.namedCodes(text, patterns, language);
    self.postMessage({ result, card, codes, stopped });
  } catch (error) {
    self.postMessage({ failed: error.reason ?? "unreadable_file" });
  }
});
