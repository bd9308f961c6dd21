// Prints, as JSON, how many sentences the Cucumber extension of editors reads, and which steps of the features it underlines.
// Arguments: the project's folder, and the language service's.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'

const [project, packages] = process.argv.slice(2)
const require = createRequire(join(packages, 'package.json'))
const { ExpressionBuilder, getGherkinDiagnostics } = require('@cucumber/language-service')
const { WasmParserAdapter } = require('@cucumber/language-service/wasm')
const grammars = join(dirname(require.resolve('@cucumber/language-service/wasm')), '..', '..', '..')

const files = JSON.parse(readFileSync(0, 'utf-8'))
const adapter = new WasmParserAdapter(grammars)
await adapter.init()
const read = (name) => readFileSync(join(project, name), 'utf-8')
const sources = files.steps.map((name) => ({ languageName: 'python', uri: name, content: read(name) }))
const { expressionLinks, errors } = new ExpressionBuilder(adapter).build(sources, [])
const expressions = expressionLinks.map((link) => link.expression)
const problems = files.features.flatMap((name) =>
  getGherkinDiagnostics(read(name), expressions).map((found) => `${name}:${found.range.start.line + 1}: ${found.message}`)
)
console.log(JSON.stringify({ sentences: expressions.length, errors: errors.map(String), problems }))
