// Reads logs as the browser does, for the tests. Standard input is {patterns, language, calls: [[how, text], …]}, the
// output a list of what each call says.
import { readFileSync } from "node:fs";
import { LogReader, readCard, readHar, readLog } from "../../static/js/log-reading.js";

const { patterns, language, calls } = JSON.parse(readFileSync(0, "utf8"));
const inPieces = (text) => {
  const reader = new LogReader(patterns);
  for (let place = 0; place < text.length; place += 7) reader.push(text.slice(place, place + 7));
  return reader.report(language);
};
const ways = { log: readLog, har: readHar, card: (text, ...others) => readCard(text, ...others)?.card ?? null, pieces: inPieces };
const results = calls.map(([way, text]) => ways[way](text, patterns, language));
process.stdout.write(JSON.stringify(results));
