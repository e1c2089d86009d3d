// The official Node client on what newer editions have beside the open one.
"use strict";

const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { HttpError, PlaneClient } = require("@makeplane/plane-node-sdk");

const slug = process.env.PLANE_WORKSPACE_SLUG;
const client = new PlaneClient({ baseUrl: process.env.PLANE_BASE_URL, apiKey: process.env.PLANE_API_KEY });
const { workItems } = client;

let project;
before(async () => {
  project = await client.projects.create(slug, { name: "Node beyond", identifier: "NODEB" });
});
after(() => client.projects.delete(slug, project.id));

const names = (page) => page.results.map((row) => row.name);
const make = async (name, more = {}) => (await workItems.create(slug, project.id, { name, ...more })).id;
const day = (n) => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);

function refused(status, call) {
  return assert.rejects(call, (error) => error instanceof HttpError && error.statusCode === status);
}

test("features", async () => {
  const { projects } = client;
  assert.equal((await projects.retrieveFeatures(slug, project.id)).cycles, false);
  const changed = await projects.updateFeatures(slug, project.id, { cycles: true, modules: true, intakes: true });
  assert.deepEqual([changed.cycles, changed.modules, changed.intakes], [true, true, true]);
  assert.equal((await projects.retrieveFeatures(slug, project.id)).modules, true);
  const all = await client.workspace.retrieveFeatures(slug);
  assert.deepEqual(await client.workspace.updateFeatures(slug, {}), all);
});

test("lists in brief", async () => {
  const me = await client.users.me();
  for (const name of ["beta", "alpha"]) {
    await client.modules.create(slug, project.id, { name });
    await client.cycles.create(slug, project.id, { name, owned_by: me.id, project_id: project.id });
  }
  assert.deepEqual(names(await client.modules.listLite(slug, project.id, { order_by: "name" })), ["alpha", "beta"]);
  const drafts = await client.cycles.listLite(slug, project.id, { order_by: "-name", status: "draft" });
  assert.deepEqual(names(drafts), ["beta", "alpha"]);
  assert.ok(names(await client.projects.listLite(slug, { order_by: "-created_at" })).includes("Node beyond"));
  const workspace = await client.workspace.getMembersLite(slug, { is_active: true });
  const admins = await client.projects.getMembersLite(slug, project.id, { role_slug: "admin" });
  for (const page of [workspace, admins]) assert.deepEqual(page.results.map((row) => row.id), [me.id]);
});

test("estimates", async () => {
  const { estimates } = client;
  await refused(404, estimates.retrieve(slug, project.id));
  const made = await estimates.create(slug, project.id, { name: "Effort", type: "points" });
  await refused(409, estimates.create(slug, project.id, { name: "Other" }));
  await estimates.linkToProject(slug, project.id, made.id);
  assert.equal((await client.projects.retrieve(slug, project.id)).estimate, made.id);
  assert.equal((await estimates.update(slug, project.id, { name: "Size" })).name, "Size");
  const points = await estimates.createPoints(slug, project.id, made.id, [{ value: "1" }, { value: "2" }]);
  assert.deepEqual(points.map((point) => point.value), ["1", "2"]);
  const changed = await estimates.updatePoint(slug, project.id, made.id, points[1].id, { value: "3" });
  assert.equal(changed.value, "3");
  await estimates.deletePoint(slug, project.id, made.id, points[0].id);
  assert.deepEqual((await estimates.listPoints(slug, project.id, made.id)).map((point) => point.value), ["3"]);
  await estimates.delete(slug, project.id);
  await refused(404, estimates.retrieve(slug, project.id));
});

test("intake", async () => {
  const { intake } = client;
  const asked = [];
  for (const name of ["Please", "Spam"]) asked.push((await intake.create(slug, project.id, { issue: { name } })).issue);
  assert.equal((await intake.updateStatus(slug, project.id, asked[0], { status: 1 })).status, 1);
  assert.equal((await intake.updateStatus(slug, project.id, asked[1], { status: -1 })).status, -1);
  assert.deepEqual(names(await workItems.list(slug, project.id)), ["Please"]);
  const page = await intake.list(slug, project.id, { order_by: "status" });
  assert.deepEqual(page.results.map((row) => row.status), [-1, 1]);
  await workItems.delete(slug, project.id, asked[0]);
});

test("roles", async () => {
  const { results: roles } = await client.roles.list(slug, { namespace: "project" });
  for (const wanted of ["admin", "contributor", "guest"]) assert.ok(roles.some((role) => role.slug === wanted));
  assert.equal((await client.roles.retrieve(slug, roles[0].id)).slug, roles[0].slug);
});

test("dependencies", async () => {
  const [one, two] = [await make("One"), await make("Two")];
  const { dependencies } = workItems;
  const made = await dependencies.create(slug, project.id, one, { relation_type: "blocking", work_item_ids: [two] });
  assert.deepEqual(made.map((row) => [row.id, row.relation_type]), [[two, "blocking"]]);
  assert.deepEqual((await dependencies.list(slug, project.id, two)).blocked_by.map((row) => row.id), [one]);
  const second = { relation_type: "start_before", work_item_ids: [two] };
  await refused(400, dependencies.create(slug, project.id, one, second));
  await dependencies.remove(slug, project.id, one, two);
  assert.deepEqual((await dependencies.list(slug, project.id, two)).blocked_by, []);
  await refused(404, dependencies.remove(slug, project.id, one, two));
});

test("typed relations", async () => {
  const [one, two] = [await make("One"), await make("Two")];
  const { workItemRelationDefinitions: definitions } = client;
  const { customRelations } = workItems;
  const words = { outward: "causes (node)", inward: "is caused by (node)" };
  const kind = await definitions.create(slug, { name: "Node cause", ...words });
  try {
    assert.equal((await definitions.update(slug, kind.id, { name: "Node reason" })).outward, words.outward);
    await customRelations.create(slug, project.id, one,
      { relation_definition_id: kind.id, relation_definition_type: words.outward, work_item_ids: [two] });
    const there = await customRelations.list(slug, project.id, two);
    assert.deepEqual([there[words.inward].map((row) => row.id), there[words.outward]], [[one], []]);
    await customRelations.remove(slug, project.id, two, one);
    assert.deepEqual((await customRelations.list(slug, project.id, one))[words.outward], []);
  } finally {
    await definitions.del(slug, kind.id);
  }
});

test("worklogs", async () => {
  const item = await make("Worked on");
  const { workLogs } = workItems;
  const made = await workLogs.create(slug, project.id, item, { description: "Review", duration: 30 });
  const changed = await workLogs.update(slug, project.id, item, made.id, { duration: 95 });
  assert.deepEqual([changed.id, changed.description, changed.duration], [made.id, "Review", 95]);
  assert.deepEqual((await workLogs.list(slug, project.id, item)).map((log) => log.id), [made.id]);
  assert.deepEqual(await client.projects.getTotalWorkLogs(slug, project.id), [{ issue_id: item, duration: 95 }]);
  await workLogs.delete(slug, project.id, item, made.id);
  assert.deepEqual(await workLogs.list(slug, project.id, item), []);
});

test("types and properties", async () => {
  const { workItemTypes: types, workItemProperties: properties } = client;
  const bug = await types.create(slug, project.id, { name: "Bug (node)" });
  assert.equal((await types.update(slug, project.id, bug.id, { description: "broken" })).description, "broken");
  const grade = await properties.create(slug, project.id, bug.id, { name: "Grade", display_name: "Grade",
    property_type: "OPTION", options: [{ name: "low" }, { name: "high", is_default: true }] });
  const [low, high] = grade.options;
  const more = await properties.options.create(slug, project.id, grade.id, { name: "higher" });
  assert.deepEqual((await properties.options.list(slug, project.id, grade.id)).map((o) => o.id), [low.id, high.id, more.id]);
  const item = await make("Broken", { type_id: bug.id });
  assert.deepEqual(await properties.values.list(slug, project.id, item), { [grade.id]: high.id });
  await properties.values.update(slug, project.id, item, grade.id, { value: low.id });
  assert.equal((await properties.values.retrieve(slug, project.id, item, grade.id)).value, low.id);
  const found = await workItems.list(slug, project.id, { pql: `cf["${grade.id}"] = "${low.id}"`, expand: "properties" });
  assert.deepEqual(found.results.map((row) => row.properties), [{ [grade.id]: low.id }]);
  await refused(400, types.delete(slug, project.id, bug.id));
  await workItems.delete(slug, project.id, item);
  await properties.delete(slug, project.id, bug.id, grade.id);
  await types.delete(slug, project.id, bug.id);
});

test("milestones", async () => {
  const { milestones } = client;
  const item = await make("Due");
  const made = await milestones.create(slug, project.id, { title: "Beta" });
  const changed = await milestones.update(slug, project.id, made.id, { target_date: day(9) });
  assert.deepEqual([changed.title, changed.target_date], ["Beta", day(9)]);
  const listed = async () => (await milestones.listWorkItems(slug, project.id, made.id)).results.map((row) => row.issue);
  await milestones.addWorkItems(slug, project.id, made.id, [item]);
  assert.deepEqual(await listed(), [item]);
  await milestones.removeWorkItems(slug, project.id, made.id, [item]);
  assert.deepEqual(await listed(), []);
  await milestones.delete(slug, project.id, made.id);
  assert.deepEqual((await milestones.list(slug, project.id)).results, []);
});

test("epics and initiatives", async () => {
  const { epics, initiatives } = client;
  assert.deepEqual((await epics.list(slug, project.id)).results, []);
  const made = await initiatives.create(slug, { name: "Fewer passwords", state: "ACTIVE" });
  const label = await initiatives.labels.create(slug, { name: "security (node)", color: "#f00", sort_order: 1 });
  const of = { label_ids: [label.id] };
  assert.deepEqual((await initiatives.labels.addLabels(slug, made.id, of)).map((row) => row.id), [label.id]);
  await initiatives.labels.removeLabels(slug, made.id, of);
  assert.deepEqual((await initiatives.labels.listLabels(slug, made.id)).results, []);
  await initiatives.projects.add(slug, made.id, { project_ids: [project.id] });
  assert.deepEqual(names(await initiatives.projects.list(slug, made.id)), ["Node beyond"]);
  await initiatives.projects.remove(slug, made.id, { project_ids: [project.id] });
  assert.deepEqual((await initiatives.projects.list(slug, made.id)).results, []);
  await initiatives.labels.delete(slug, label.id);
  await initiatives.delete(slug, made.id);
  await refused(404, initiatives.retrieve(slug, made.id));
});

test("workflows", async () => {
  const { workflows, states, projects } = client;
  const { results } = await states.list(slug, project.id);
  const of = (group) => results.find((state) => state.group === group).id;
  const flow = await workflows.create(slug, project.id, { name: "Node" });
  const pair = { state_id: of("backlog"), transition_state_id: of("started") };
  const made = await workflows.transitions.create(slug, project.id, flow.id, pair);
  assert.equal(await workflows.transitions.create(slug, project.id, flow.id, pair), null); // it exists
  assert.equal((await workflows.transitions.update(slug, project.id, flow.id, made.id, { post_rules: [] })).id, made.id);
  await workflows.states.attach(slug, project.id, flow.id, { state_ids: [of("completed")] });
  const list = await workflows.transitions.list(slug, project.id, flow.id);
  assert.deepEqual(list.map((way) => way.transition_state_id), [of("started")]);
  await projects.updateFeatures(slug, project.id, { workflows: true });
  const usual = (await workflows.list(slug, project.id)).find((one) => one.is_default);
  await workflows.transitions.create(slug, project.id, usual.id, pair);
  const item = await make("Moves", { state: of("backlog") });
  await refused(400, workItems.update(slug, project.id, item, { state: of("completed") }));
  await workItems.update(slug, project.id, item, { state: of("started") });
  await projects.updateFeatures(slug, project.id, { workflows: false });
  await workflows.transitions.del(slug, project.id, flow.id, made.id);
  await workflows.states.detach(slug, project.id, flow.id, of("completed"));
});

test("archive", async () => {
  const { results: states } = await client.states.list(slug, project.id);
  const item = await make("Over");
  await refused(400, workItems.archive(slug, project.id, item));
  await workItems.update(slug, project.id, item, { state: states.find((state) => state.group === "completed").id });
  await workItems.archive(slug, project.id, item);
  assert.ok(!names(await workItems.list(slug, project.id)).includes("Over"));
  assert.deepEqual(names(await workItems.listArchived(slug, project.id, { order_by: "name" })), ["Over"]);
  await workItems.unarchive(slug, project.id, item);
  assert.ok(names(await workItems.list(slug, project.id)).includes("Over"));
});

test("questions", async () => {
  await make("Late", { priority: "urgent", target_date: day(-2) });
  await make("Later", { priority: "low", target_date: day(20) });
  await make("Latest", { priority: "medium" });
  const here = `project = "${project.id}" AND title ~ "late"`;
  const overdue = await workItems.list(slug, project.id, { pql: 'priority = "urgent" AND isOverdue()' });
  assert.deepEqual(names(overdue), ["Late"]);
  const filters = { and: [{ name__icontains: "late" }, { not: { priority: "urgent" } }] };
  assert.deepEqual(names(await workItems.list(slug, project.id, { filters, order_by: "name" })), ["Later", "Latest"]);
  const everywhere = await workItems.listWorkspace(slug, { pql: here, order_by: "name" });
  assert.deepEqual(names(everywhere), ["Late", "Later", "Latest"]);
  const count = await workItems.countWorkspace(slug, { pql: here, group_by: "priority", sub_group_by: "state__group" });
  assert.deepEqual([count.total_count, count.grouped_by, Object.keys(count.grouped_counts).sort()],
    [3, "priority", ["low", "medium", "urgent"]]);
  assert.equal(count.grouped_counts.low.sub_grouped_counts.backlog.count, 1);
  const found = await workItems.advancedSearch(slug, { query: "late", pql: here + ' AND priority != "low"' });
  assert.deepEqual(found.map((hit) => hit.name).sort(), ["Late", "Latest"]);
  await refused(400, workItems.list(slug, project.id, { pql: 'priority = "urgent" AND' }));
  await refused(400, workItems.list(slug, project.id, { filters: { colour: "red" } }));
  await refused(400, workItems.advancedSearch(slug, { pql: "nonsense" }));
});

test("customers", async () => {
  const { customers } = client;
  const acme = await customers.create(slug, { name: "Acme (js)", description: "Plain" });
  try {
    assert.equal((await customers.create(slug, { name: "Acme (js)", email: "a@acme.example" })).id, acme.id);
    const read = await customers.retrieve(slug, acme.id);
    assert.deepEqual([read.description, read.email], ["Plain", "a@acme.example"]);
    const tier = await customers.properties.createPropertyDefinition(slug, {
      display_name: "Tier (js)", property_type: "TEXT", settings: { display_format: "single-line" },
    });
    await customers.properties.updateValue(slug, acme.id, tier.id, { values: ["gold"] });
    assert.deepEqual((await customers.properties.listValues(slug, acme.id))[tier.id], ["gold"]);
    await customers.properties.deletePropertyDefinition(slug, tier.id);
    await customers.requests.create(slug, acme.id, { name: "Dark mode" });
    assert.deepEqual(names(await customers.requests.list(slug, acme.id)), ["Dark mode"]);
    const item = await make("Asked for");
    assert.equal((await customers.linkIssuesToCustomer(slug, acme.id, [item])).linked_issues[0].id, item);
    assert.deepEqual((await customers.listCustomerIssues(slug, acme.id)).map((row) => row.id), [item]);
    await customers.unlinkIssueFromCustomer(slug, acme.id, item);
  } finally {
    await customers.delete(slug, acme.id);
  }
  await refused(404, customers.retrieve(slug, acme.id));
});

test("releases", async () => {
  const { releases } = client;
  const made = await releases.create(slug, { name: "Spring (js)", description: "Fast", start_date: "2026-05-01" });
  assert.deepEqual([made.start_date, made.description.description_html], ["2026-05-01", "<p>Fast</p>"]);
  assert.equal((await releases.update(slug, made.id, { status: "released" })).status, "released");
  assert.ok((await releases.list(slug)).some((row) => row.id === made.id));
  assert.equal((await releases.tags.create(slug, { name: "1.4.0-js", color: "#112233" })).name, "1.4.0-js");
  const label = await releases.labels.create(slug, { name: "Security (js)", color: "#112233" });
  const added = await releases.itemLabels.create(slug, made.id, { label_ids: [label.id] });
  assert.deepEqual(added.map((row) => row.id), [label.id]);
  await releases.itemLabels.del(slug, made.id, label.id);
  assert.deepEqual(await releases.itemLabels.list(slug, made.id), []);
});

test("catalogue", async () => {
  const { workspaceProjectLabels: labels, workspaceProjectStates: states } = client;
  const label = await labels.create(slug, { name: "Client work (node)", color: "#0ea5e9" });
  const state = await states.create(slug, { name: "In discovery (node)", group: "started", color: "#f59e0b" });
  assert.equal((await labels.update(slug, label.id, { color: "#000000" })).color, "#000000");
  assert.equal((await states.update(slug, state.id, { name: "Found (node)" })).name, "Found (node)");
  assert.ok((await labels.list(slug)).some((row) => row.id === label.id));
  await labels.del(slug, label.id);
  await states.del(slug, state.id);
  assert.ok(!(await states.list(slug)).some((row) => row.id === state.id));
});

test("teamspaces", async () => {
  const { teamspaces } = client;
  const me = await client.users.me();
  const made = await teamspaces.create(slug, { name: "Payments (node)", description_html: "<p>Who pays</p>" });
  assert.equal((await teamspaces.update(slug, made.id, { lead: me.id })).lead, me.id);
  assert.deepEqual((await teamspaces.members.add(slug, made.id, { member_ids: [me.id] })).map((row) => row.id), [me.id]);
  await teamspaces.members.remove(slug, made.id, { member_ids: [me.id] });
  assert.deepEqual((await teamspaces.members.list(slug, made.id)).results, []);
  await teamspaces.projects.add(slug, made.id, { project_ids: [project.id] });
  assert.deepEqual(names(await teamspaces.projects.list(slug, made.id)), [project.name]);
  await teamspaces.projects.remove(slug, made.id, { project_ids: [project.id] });
  await teamspaces.delete(slug, made.id);
  await refused(404, teamspaces.retrieve(slug, made.id));
});

test("templates", async () => {
  const { workspaceTemplates, projectTemplates } = client;
  const wide = await workspaceTemplates.workItems.create(slug, { name: "Bug (node)", template_data: { priority: "high" } });
  const own = await projectTemplates.pages.create(slug, project.id, { name: "Minutes", short_description: "Who was there" });
  const changed = await workspaceTemplates.workItems.update(slug, wide.id, { template_data: { name: "Bug" } });
  assert.deepEqual(changed.template_data, { name: "Bug", priority: "high" });
  assert.equal(own.project, project.id);
  assert.ok((await workspaceTemplates.pages.list(slug)).some((row) => row.id === own.id));
  await workspaceTemplates.workItems.del(slug, wide.id);
  await projectTemplates.pages.del(slug, project.id, own.id);
  assert.deepEqual(await projectTemplates.pages.list(slug, project.id), []);
});
