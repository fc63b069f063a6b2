// Calls every recorded operation by a generated client of JavaScript or TypeScript, compiled to
// CommonJS: node call.js CLIENT CALLS ADDRESS
// Prints the status by the number of the call; a text for one that raised something else than the
// error of a status.

const fs = require("fs");

const [folder, file, address] = process.argv.slice(2);
const client = require(folder);
const calls = JSON.parse(fs.readFileSync(file));
const isTyped = "Configuration" in client;

const camel = (name) => name.replace(/^[A-Z]/, (first) => first.toLowerCase())
  .replace(/[-_.]+(\w)/g, (_, letter) => letter.toUpperCase());
const apis = Object.entries(client).filter(([name]) => name.endsWith("Api")).map(([, api]) => api);

function apiOf(method, base) {
  const api = apis.find((each) => method in each.prototype);
  return new api(isTyped ? new client.Configuration({ basePath: base }) : new client.ApiClient(base));
}

// The names of the parameters, and those of the object of optional ones.
function signature(source) {
  const names = source.match(/^\w+\(([^)]*)\)/)[1].split(/,\s*/).filter((name) => name);
  const optional = [...source.matchAll(/opts\['(\w+)'\]/g)].map((found) => found[1]);
  return { names, optional: [...new Set(optional)] };
}

function bodyOf(call) {
  return call.sent_json === null ? Buffer.from(call.sent, "base64") : call.sent_json;
}

function argumentsOf(call, source) {
  const { names, optional } = signature(source);
  const given = Object.fromEntries(
    Object.entries(call.arguments).map(([name, value]) => [camel(name), value]));
  const declared = new Set([...call.parameters.map(camel), "opts", "options"]);
  const body = [...names, ...optional].find((name) => !declared.has(name));
  if (body && call.has_body && call.sent) given[body] = bodyOf(call);
  const opts = Object.fromEntries(optional.map((name) => [name, given[name]]));
  return names.map((name) => (name === "opts" ? opts : given[name]));
}

async function outcome(call, number) {
  const method = camel(call.operation);
  try {
    const api = apiOf(method, `${address}/${number}${call.below_base ? "/api/v1" : ""}`);
    const called = isTyped ? method : `${method}WithHttpInfo`;
    const answer = await api[called](...argumentsOf(call, api[called].toString()));
    return isTyped ? answer.status : answer.response.status;
  } catch (error) {
    const answer = error.response;
    const status = answer ? answer.status : 599;
    return status === 599 ? String(answer?.data ?? answer?.text ?? error.stack) : status;
  }
}

(async () => {
  const outcomes = [];
  for (const [number, call] of calls.entries()) outcomes.push(await outcome(call, number));
  console.log(JSON.stringify(outcomes));
})();
