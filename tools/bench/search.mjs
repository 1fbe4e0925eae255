// Fuse.js and MiniSearch over the same texts, with sensible settings. Reads {docs, queries} from standard input,
// writes for each library the labels found first and the milliseconds of each query.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/.venv/bench/`);
const Fuse = require("fuse.js");
const MiniSearch = require("minisearch");
const { docs, queries } = JSON.parse(readFileSync(0, "utf8"));

const fuse = new Fuse(docs, {
  keys: [
    { name: "label", weight: 3 }, { name: "names", weight: 3 }, { name: "aliases", weight: 2 },
    { name: "keywords", weight: 2 }, { name: "summaries", weight: 1 },
  ],
  ignoreLocation: true,
  threshold: 0.35,
});
const mini = new MiniSearch({
  fields: ["label", "names", "aliases", "keywords", "summaries"],
  extractField: (doc, field) => (Array.isArray(doc[field]) ? doc[field].join(" ") : doc[field]),
  storeFields: ["label"],
  searchOptions: { boost: { label: 3, names: 3, aliases: 2, keywords: 2 }, prefix: true, fuzzy: 0.2 },
});
mini.addAll(docs);

const run = (find, asked = queries) =>
  asked.map((query) => {
    const start = performance.now();
    const labels = find(query);
    return { labels, ms: performance.now() - start };
  });
const timed = (find) => {
  run(find, queries.slice(0, 10)); // to warm up
  return run(find);
};
console.log(
  JSON.stringify({
    "Fuse.js": timed((query) => fuse.search(query, { limit: 10 }).map(({ item }) => item.label)),
    MiniSearch: timed((query) => mini.search(query).slice(0, 10).map(({ label }) => label)),
  }),
);
