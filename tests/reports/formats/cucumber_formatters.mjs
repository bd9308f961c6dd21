// Reads Cucumber messages with Cucumber's own formatters: the pretty one writes to stdout, the other one makes a page.
import { createWriteStream, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import CucumberHtmlStream from "@cucumber/html-formatter";
import { PrettyPrinter } from "@cucumber/pretty-formatter";

const [messages, page] = process.argv.slice(2);
const envelopes = readFileSync(messages, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const pretty = new PrettyPrinter({ stream: process.stdout, options: { summarise: true } });
for (const envelope of envelopes) pretty.update(envelope);
await pipeline(Readable.from(envelopes), new CucumberHtmlStream(), createWriteStream(page));
