// @ts-check
// Shows api/openapi.json. Whatever it says is put into the page as text.

/**
 * @typedef {{ $ref?: string, type?: string | string[], enum?: (string | null)[], items?: Schema, anyOf?: Schema[],
 *   properties?: Record<string, Schema>, description?: string, format?: string, pattern?: string, minimum?: number,
 *   maximum?: number, maxItems?: number, default?: unknown }} Schema
 * @typedef {{ name: string, in: string, description?: string, schema: Schema }} Parameter
 * @typedef {{ description: string, content?: Record<string, { schema: Schema }> }} Answer
 * @typedef {{ operationId: string, tags: string[], summary: string, description?: string, parameters: Parameter[],
 *   responses: Record<string, Answer> }} Operation
 * @typedef {{ info: { version: string, description: string }, servers: { url: string }[],
 *   paths: Record<string, { get: Operation }>, components: { schemas: Record<string, Schema> } }} Description
 */

const SOURCE = new URL('api/openapi.json', document.baseURI);

/**
 * @param {string} name
 * @param {...(string | Node)} content
 */
function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {Schema} schema @returns {string} */
function kind(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.anyOf) return schema.anyOf.map(kind).join(' or ');
  if (schema.enum) return schema.enum.map((word) => word ?? 'null').join(', ');
  const types = [schema.type ?? 'anything'].flat();
  const words = types.map((type) => (type === 'array' && schema.items ? `list of ${kind(schema.items)}` : type));
  return words.join(' or ') + (schema.format ? ` (${schema.format})` : '');
}

/** @param {Schema} schema */
function limits(schema) {
  const words = [];
  if (schema.minimum !== undefined && schema.maximum !== undefined) words.push(`${schema.minimum} to ${schema.maximum}`);
  if (schema.maxItems !== undefined) words.push(`${schema.maxItems} at the most`);
  if (schema.default !== undefined) words.push(`${String(schema.default)} without it`);
  return words.join('; ');
}

/** @param {string[]} heads @param {(string | Node)[][]} rows */
function table(heads, rows) {
  const head = element('tr', ...heads.map((text) => Object.assign(element('th', text), { scope: 'col' })));
  const lines = rows.map((cells) => element('tr', ...cells.map((cell) => element('td', cell))));
  const made = element('div', element('table', element('thead', head), element('tbody', ...lines)));
  made.className = 'scroll';
  return made;
}

/** @param {Schema} schema */
function members(schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    element('code', name), kind(member), member.description ?? '',
  ]);
  return table(['Member', 'Is', 'Means'], rows);
}

/** The names of all schemas that `schema` leads to. @param {Description} all @param {Schema} schema @param {Set<string>} names */
function reached(all, schema, names = new Set()) {
  const name = schema.$ref?.split('/').at(-1);
  if (name && !names.has(name)) {
    names.add(name);
    const target = all.components.schemas[name];
    if (target) reached(all, target, names);
  }
  for (const inner of [...Object.values(schema.properties ?? {}), ...(schema.anyOf ?? [])]) reached(all, inner, names);
  if (schema.items) reached(all, schema.items, names);
  return names;
}

/** @param {Description} all @param {string} path @param {Operation} operation */
function section(all, path, operation) {
  const base = new URL(all.servers[0]?.url ?? '.', SOURCE);
  const address = `${base.href}${path}`;
  const made = document.createElement('details');
  made.id = operation.operationId;
  made.append(element('summary', element('code', path), ' ', operation.summary));
  if (operation.description) made.append(element('p', operation.description));
  made.append(element('pre', `curl -g '${address}'`));
  if (!path.includes('{') && !path.startsWith('/export')) {
    made.append(element('p', Object.assign(element('a', 'See an answer'), { href: address })));
  }
  made.append(element('h3', 'Parameters'));
  made.append(table(['Parameter', 'Is', 'Means'], operation.parameters.map((parameter) => [
    element('code', parameter.in === 'path' ? `{${parameter.name}}` : parameter.name),
    [kind(parameter.schema), limits(parameter.schema)].filter(Boolean).join('; '),
    parameter.description ?? '',
  ])));
  const success = Object.values(operation.responses[200]?.content ?? {})[0]?.schema;
  if (success) {
    made.append(element('h3', 'Answer'), success.properties ? members(success) : element('p', success.description ?? ''));
    for (const name of reached(all, success)) {
      const schema = all.components.schemas[name];
      if (schema) made.append(element('h3', name), members(schema));
    }
  }
  made.append(element('h3', 'Statuses'));
  made.append(table(['Status', 'When'], Object.entries(operation.responses).map(([status, answer]) => [
    element('code', status), answer.description,
  ])));
  return made;
}

/** Opens the question that the address names. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(named instanceof HTMLDetailsElement)) return;
  named.open = true;
  named.scrollIntoView();
}

/** @param {Description} all */
function show(all) {
  part('about').append(` Version ${all.info.version}.`);
  part('about').after(element('p', all.info.description));
  /** @type {Map<string, [string, Operation][]>} */
  const tags = new Map();
  for (const [path, { get }] of Object.entries(all.paths)) {
    const tag = get.tags[0] ?? '';
    tags.set(tag, [...(tags.get(tag) ?? []), [path, get]]);
  }
  const sections = [];
  const links = document.createElement('ul');
  for (const [tag, operations] of tags) {
    sections.push(element('h2', tag));
    for (const [path, operation] of operations) {
      sections.push(section(all, path, operation));
      const link = Object.assign(element('a', element('code', path)), { href: `#${operation.operationId}` });
      links.append(element('li', link));
    }
  }
  part('contents').replaceChildren(links);
  part('operations').replaceChildren(...sections);
}

async function start() {
  const operations = part('operations');
  try {
    const answer = await fetch(SOURCE, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`the server says ${answer.status}`);
    show(await answer.json());
    openNamed();
    addEventListener('hashchange', openNamed);
  } catch (error) {
    part('state').textContent = `openapi.json cannot be read: ${error instanceof Error ? error.message : error}`;
  }
  operations.removeAttribute('aria-busy');
}

void start();
