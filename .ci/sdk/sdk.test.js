// The official Node client (@makeplane/plane-node-sdk), used as its users do, against the server named in the environment.
"use strict";

const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { HttpError, PlaneClient } = require("@makeplane/plane-node-sdk");

const baseUrl = process.env.PLANE_BASE_URL;
const slug = process.env.PLANE_WORKSPACE_SLUG;
const nowhere = "00000000-0000-0000-0000-000000000000";
const client = new PlaneClient({ baseUrl, apiKey: process.env.PLANE_API_KEY });

let project;
before(async () => {
  project = await client.projects.create(slug, { name: "Node", identifier: "NODE" });
});
after(() => client.projects.delete(slug, project.id));

/** The ids of a page's rows, sorted; its envelope has to agree with them. */
function ids(page) {
  assert.equal(page.count, page.results.length);
  assert.equal(page.total_results, page.total_count);
  return page.results.map((row) => row.id).sort();
}

/** Checks what a row has of the given fields. */
function has(row, fields) {
  assert.deepEqual(Object.fromEntries(Object.keys(fields).map((name) => [name, row[name]])), fields);
}

function refused(status, call) {
  return assert.rejects(call, (error) => error instanceof HttpError && error.statusCode === status);
}

test("projects", async () => {
  const made = await client.projects.create(slug, { name: "Made by Node", identifier: "MBN", description: "By a client" });
  has(made, { name: "Made by Node", identifier: "MBN", description: "By a client", network: 2 });
  assert.ok(ids(await client.projects.list(slug)).includes(made.id));
  has(await client.projects.update(slug, made.id, { name: "Renamed", cycle_view: true }), { id: made.id, name: "Renamed" });
  has(await client.projects.retrieve(slug, made.id), { name: "Renamed", identifier: "MBN", cycle_view: true });
  await refused(409, client.projects.create(slug, { name: "Other", identifier: "MBN" }));
  await client.projects.delete(slug, made.id);
  assert.ok(!ids(await client.projects.list(slug)).includes(made.id));
  await refused(404, client.projects.retrieve(slug, made.id));
});

test("states", async () => {
  const { states } = client;
  const made = await states.create(slug, project.id, { name: "In Review", color: "#123456", group: "started" });
  has(made, { name: "In Review", color: "#123456", group: "started", project: project.id });
  assert.ok(ids(await states.list(slug, project.id)).includes(made.id));
  has(await states.update(slug, project.id, made.id, { name: "Reviewed" }), { id: made.id, name: "Reviewed" });
  has(await states.retrieve(slug, project.id, made.id), { name: "Reviewed", color: "#123456", group: "started" });
  await states.delete(slug, project.id, made.id);
  assert.ok(!ids(await states.list(slug, project.id)).includes(made.id));
  await refused(404, states.retrieve(slug, project.id, made.id));
});

test("labels", async () => {
  const { labels } = client;
  const parent = await labels.create(slug, project.id, { name: "Area" });
  const made = await labels.create(slug, project.id, { name: "Area: web", color: "#00ff00", parent: parent.id });
  has(made, { name: "Area: web", color: "#00ff00", parent: parent.id, project: project.id });
  assert.deepEqual(ids(await labels.list(slug, project.id)), [parent.id, made.id].sort());
  has(await labels.update(slug, project.id, made.id, { name: "Area: API", parent: null }), { name: "Area: API", parent: null });
  has(await labels.retrieve(slug, project.id, made.id), { name: "Area: API", color: "#00ff00", parent: null });
  await labels.delete(slug, project.id, made.id);
  assert.deepEqual(ids(await labels.list(slug, project.id)), [parent.id]);
  await refused(404, labels.retrieve(slug, project.id, made.id));
});

test("work items", async () => {
  const { workItems } = client;
  const label = await client.labels.create(slug, project.id, { name: "Bug" });
  const { results: states } = await client.states.list(slug, project.id);
  const done = states.find((state) => state.name === "Done");
  const me = await client.users.me();
  const plain = await workItems.create(slug, project.id, { name: "Plain" });
  has(plain, { name: "Plain", priority: "none", sequence_id: 1, parent: null });
  const fields = { name: "Full", priority: "urgent", parent: plain.id, labels: [label.id], assignees: [me.id],
    start_date: "2026-01-05", target_date: "2026-01-09", description_html: "<p>What <em>happens</em></p>" };
  const full = await workItems.create(slug, project.id, fields);
  has(await workItems.retrieve(slug, project.id, full.id), { ...fields, sequence_id: 2, completed_at: null });
  const found = await workItems.retrieveByIdentifier(slug, "NODE-2", ["labels", "state"]);
  has(found, { id: full.id });
  assert.deepEqual([found.labels[0].name, found.state.name], ["Bug", "Backlog"]);
  assert.deepEqual(ids(await workItems.list(slug, project.id)), [plain.id, full.id].sort());
  const page = await workItems.list(slug, project.id, { per_page: 1, order_by: "-created_at" });
  assert.deepEqual([ids(page), page.total_pages, page.next_page_results], [[full.id], 2, true]);
  has(await workItems.update(slug, project.id, full.id, { state: done.id, labels: [] }), { state: done.id });
  const changed = await workItems.retrieve(slug, project.id, full.id);
  has(changed, { name: "Full", state: done.id, labels: [], assignees: [me.id] });
  assert.ok(changed.completed_at);
  await workItems.delete(slug, project.id, full.id);
  assert.deepEqual(ids(await workItems.list(slug, project.id)), [plain.id]);
  await refused(404, workItems.retrieve(slug, project.id, full.id));
});

test("comments", async () => {
  const { comments } = client.workItems;
  const item = await client.workItems.create(slug, project.id, { name: "Discussed" });
  const made = await comments.create(slug, project.id, item.id, { comment_html: "<p>One</p>" });
  has(made, { comment_html: "<p>One</p>", access: "INTERNAL", issue: item.id });
  assert.deepEqual(ids(await comments.list(slug, project.id, item.id)), [made.id]);
  has(await comments.update(slug, project.id, item.id, made.id, { comment_html: "<p>Two</p>" }), { comment_html: "<p>Two</p>" });
  has(await comments.retrieve(slug, project.id, item.id, made.id), { comment_html: "<p>Two</p>" });
  await comments.delete(slug, project.id, item.id, made.id);
  assert.deepEqual(ids(await comments.list(slug, project.id, item.id)), []);
  await refused(404, comments.retrieve(slug, project.id, item.id, made.id));
});

test("refusals", async () => {
  await refused(400, client.workItems.create(slug, project.id, { name: "" }));
  await refused(404, client.workItems.retrieve(slug, project.id, nowhere));
  const stranger = new PlaneClient({ baseUrl, apiKey: "plane_api_" + "0".repeat(32) });
  await refused(403, stranger.projects.list(slug));
});
