// Answers questions with Casbin for Node. Only lines with the field, act and purpose of a question can match it, by
// the equality of the model, so those alone are loaded; `whole` asks with all of them.
import { readFileSync } from 'node:fs';
import { newEnforcer, newModel, StringAdapter } from 'casbin';

const [modelFile, policyFile, questionsFile] = process.argv.slice(2);
const model = readFileSync(modelFile, 'utf8');
const lines = readFileSync(policyFile, 'utf8').trim().split('\n');
const roles = lines.filter(line => line.startsWith('g,'));
const { territory, groups, whole } = JSON.parse(readFileSync(questionsFile, 'utf8'));

const engine = chosen => newEnforcer(newModel(model), new StringAdapter(chosen.join('\n')));

async function answers(enforcer, { field, act, purpose, organisations }) {
  const found = [];
  for (const organisation of organisations) {
    found.push(await enforcer.enforce(organisation, territory, field, act, purpose));
  }
  return found;
}

const some = [];
for (const group of groups) {
  const part = `, ${territory}, ${group.field}, ${group.act}, ${group.purpose}, `;
  some.push(await answers(await engine([...roles, ...lines.filter(line => line.includes(part))]), group));
}
const all = [];
const everything = await engine(lines);
for (const group of whole) all.push(await answers(everything, group));
console.log(JSON.stringify({ some, all }));
