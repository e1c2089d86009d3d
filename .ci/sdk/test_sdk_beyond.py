"""The official Python client on what newer editions have beside the open one."""

from datetime import date, timedelta

from plane.models.customers import (
    CreateCustomer,
    CreateCustomerProperty,
    CreateCustomerPropertyOption,
    CreateCustomerRequest,
    SetCustomerPropertyValue,
    SetCustomerPropertyValues,
)
from plane.models import project_templates, workspace_templates
from plane.models.collections import (
    AddCollectionPages,
    CreateCollection,
    UpdateCollection,
    UpdateCollectionMember,
    UpdateCollectionPage,
)
from plane.models.cycles import CreateCycle
from plane.models.epics import AddEpicWorkItems, CreateEpic, UpdateEpic
from plane.models.estimates import CreateEstimate, CreateEstimatePoint, UpdateEstimate, UpdateEstimatePoint
from plane.models.initiatives import (
    CreateInitiative,
    CreateInitiativeLabel,
    UpdateInitiative,
    UpdateInitiativeLabel,
)
from plane.models.intake import CreateIntakeWorkItem, UpdateIntakeWorkItem
from plane.models.milestones import CreateMilestone, UpdateMilestone
from plane.models.modules import CreateModule
from plane.models.work_item_properties import (
    CreateWorkItemProperty,
    CreateWorkItemPropertyOption,
    CreateWorkItemPropertyValue,
    UpdateWorkItemProperty,
)
from plane.models.work_item_types import CreateWorkItemType, UpdateWorkItemType, WorkspaceWorkItemTypePropertyLink
from plane.models.pages import CreatePage
from plane.models.projects import ProjectFeature
from plane.models.query_params import (
    CycleLiteListQueryParams,
    LiteListQueryParams,
    MemberListQueryParams,
    PaginatedQueryParams,
    ProjectLiteListQueryParams,
    WorkItemCountQueryParams,
    WorkItemQueryParams,
)
from plane.models.releases import (
    AddReleaseItemLabel,
    AddReleaseWorkItems,
    CreateRelease,
    CreateReleaseComment,
    CreateReleaseLabel,
    CreateReleaseLink,
    CreateReleaseTag,
    RemoveReleaseItemLabel,
    RemoveReleaseWorkItems,
    UpdateRelease,
    UpdateReleaseChangelog,
)
from plane.models.teamspaces import CreateTeamspace, UpdateTeamspace
from plane.models.work_item_relation_definitions import (
    CreateWorkItemRelationDefinition,
    UpdateWorkItemRelationDefinition,
)
from plane.models.work_items import (
    AdvancedSearchWorkItem,
    CreateWorkItem,
    CreateWorkItemCustomRelation,
    CreateWorkItemDependency,
    UpdateWorkItem,
    WorkItemForIntakeRequest,
)
from plane.models.workspace_project_labels import CreateWorkspaceProjectLabel, UpdateWorkspaceProjectLabel
from plane.models.workspace_project_states import CreateWorkspaceProjectState, UpdateWorkspaceProjectState
from plane.models.workflows import (
    AttachWorkflowStates,
    CreateWorkflow,
    CreateWorkflowTransition,
    SubmitWorkItemApproval,
    UpdateWorkflow,
    UpdateWorkflowState,
    UpdateWorkflowTransition,
)
from plane.models.workspaces import WorkspaceFeature
from test_sdk import SLUG, ids, refused


def day(n):
    return (date.today() + timedelta(days=n)).isoformat()


def names(page):
    return [row.name for row in page.results]


def own(rows):
    return [row.id for row in rows]


def make(client, project, name, **more):
    return client.work_items.create(SLUG, project.id, CreateWorkItem(name=name, **more))


def test_features(client, project):
    projects = client.projects
    assert projects.get_features(SLUG, project.id).cycles is False
    changed = projects.update_features(SLUG, project.id, ProjectFeature(cycles=True, modules=True, intakes=True))
    assert (changed.cycles, changed.modules, changed.intakes) == (True, True, True)
    assert projects.get_features(SLUG, project.id).modules is True
    assert client.workspaces.get_features(SLUG).model_dump() == client.workspaces.update_features(
        SLUG, WorkspaceFeature()).model_dump()


def test_lists_in_brief(client, project):
    me = client.users.get_me()
    client.projects.update_features(SLUG, project.id, ProjectFeature(cycles=True, modules=True))
    for name in ("beta", "alpha"):
        client.modules.create(SLUG, project.id, CreateModule(name=name))
        client.cycles.create(SLUG, project.id, CreateCycle(name=name, owned_by=me.id, project_id=project.id))
    by_name = LiteListQueryParams(order_by="name")
    assert names(client.modules.list_lite(SLUG, project.id, by_name)) == ["alpha", "beta"]
    assert names(client.cycles.list_lite(
        SLUG, project.id, CycleLiteListQueryParams(order_by="-name", status="draft"))) == ["beta", "alpha"]
    assert project.id in ids(client.projects.list_lite(SLUG, ProjectLiteListQueryParams(order_by="-created_at")))
    for page in (client.workspaces.get_members_lite(SLUG, MemberListQueryParams(is_active=True)),
                 client.projects.get_members_lite(SLUG, project.id, MemberListQueryParams(role_slug="admin"))):
        assert ids(page) == [me.id]


def test_orders(client, project):
    for listed in (client.states, client.labels):
        page = listed.list(SLUG, project.id, PaginatedQueryParams(order_by="-name"))
        assert names(page) == sorted(names(page), reverse=True)
    assert "order_by" in refused(
        400, client.states.list, SLUG, project.id, PaginatedQueryParams(order_by="colour")).response


def test_estimates(client, project):
    estimates = client.estimates
    refused(404, estimates.retrieve, SLUG, project.id)
    made = estimates.create(SLUG, project.id, CreateEstimate(name="Effort", type="points"))
    refused(409, estimates.create, SLUG, project.id, CreateEstimate(name="Other"))
    estimates.link_to_project(SLUG, project.id, made.id)
    assert client.projects.retrieve(SLUG, project.id).estimate == made.id
    assert estimates.update(SLUG, project.id, UpdateEstimate(name="Size")).name == "Size"
    points = estimates.create_points(SLUG, project.id, made.id, [CreateEstimatePoint(value="1"),
                                                                 CreateEstimatePoint(value="2")])
    assert [(p.value, p.estimate) for p in points] == [("1", made.id), ("2", made.id)]
    changed = estimates.update_point(SLUG, project.id, made.id, points[1].id, UpdateEstimatePoint(value="3"))
    assert (changed.id, changed.value) == (points[1].id, "3")
    item = make(client, project, "Sized", estimate_point=points[0].id)
    assert client.work_items.retrieve(SLUG, project.id, item.id).estimate_point == points[0].id
    estimates.delete_point(SLUG, project.id, made.id, points[0].id)
    assert [p.value for p in estimates.list_points(SLUG, project.id, made.id)] == ["3"]
    assert client.work_items.retrieve(SLUG, project.id, item.id).estimate_point is None
    estimates.delete(SLUG, project.id)
    refused(404, estimates.retrieve, SLUG, project.id)


def test_intake(client, project):
    client.projects.update_features(SLUG, project.id, ProjectFeature(intakes=True))
    intake = client.intake
    asked = [intake.create(SLUG, project.id, CreateIntakeWorkItem(issue=WorkItemForIntakeRequest(name=name))).issue
             for name in ("Please", "Spam")]
    accepted = intake.update_status(SLUG, project.id, asked[0], UpdateIntakeWorkItem(status=1))
    declined = intake.update_status(SLUG, project.id, asked[1], UpdateIntakeWorkItem(status=-1))
    assert (accepted.status, declined.status) == (1, -1)
    assert ids(client.work_items.list(SLUG, project.id)) == [asked[0]]
    page = intake.list(SLUG, project.id, PaginatedQueryParams(order_by="status"))
    assert [row.status for row in page.results] == [-1, 1]


def test_roles(client):
    roles = client.roles.list(SLUG, namespace="project").results
    assert {"admin", "contributor", "guest"} <= {role.slug for role in roles}
    assert all(role.namespace == "project" for role in roles)
    assert client.roles.retrieve(SLUG, roles[0].id).slug == roles[0].slug


def test_dependencies(client, project):
    one, two = (make(client, project, name).id for name in ("One", "Two"))
    dependencies = client.work_items.dependencies
    made = dependencies.create(SLUG, project.id, one, CreateWorkItemDependency(
        relation_type="blocking", work_item_ids=[two]))
    assert [(row.id, row.relation_type) for row in made] == [(two, "blocking")]
    assert [row.id for row in dependencies.list(SLUG, project.id, two).blocked_by] == [one]
    refused(400, dependencies.create, SLUG, project.id, one, CreateWorkItemDependency(
        relation_type="start_before", work_item_ids=[two]))
    dependencies.remove(SLUG, project.id, one, two)
    assert dependencies.list(SLUG, project.id, two).blocked_by == []
    refused(404, dependencies.remove, SLUG, project.id, one, two)


def test_typed_relations(client, project):
    one, two = (make(client, project, name).id for name in ("One", "Two"))
    definitions, relations = client.work_item_relation_definitions, client.work_items.custom_relations
    kind = definitions.create(SLUG, CreateWorkItemRelationDefinition(
        name="Python cause", outward="causes (py)", inward="is caused by (py)"))
    try:
        assert kind.id in ids(definitions.list(SLUG, is_active=True))
        renamed = definitions.update(SLUG, kind.id, UpdateWorkItemRelationDefinition(name="Python reason"))
        assert (renamed.name, renamed.outward) == ("Python reason", "causes (py)")
        relations.create(SLUG, project.id, one, CreateWorkItemCustomRelation(
            relation_definition_id=kind.id, relation_definition_type="causes (py)", work_item_ids=[two]))
        there = relations.list(SLUG, project.id, two)
        assert [row.id for row in there["is caused by (py)"]] == [one] and there["causes (py)"] == []
        relations.remove(SLUG, project.id, two, one)
        assert relations.list(SLUG, project.id, one)["causes (py)"] == []
    finally:
        definitions.delete(SLUG, kind.id)
    assert kind.id not in ids(definitions.list(SLUG))


def test_worklogs(client, project):
    item = make(client, project, "Worked on").id
    logs = client.work_items.work_logs  # which takes what it sends as it is
    made = logs.create(SLUG, project.id, item, {"description": "Review", "duration": 30})
    assert (made.duration, made.logged_by) == (30, client.users.get_me().id)
    changed = logs.update(SLUG, project.id, item, made.id, {"duration": 95})
    assert (changed.id, changed.description, changed.duration) == (made.id, "Review", 95)
    assert [log.id for log in logs.list(SLUG, project.id, item)] == [made.id]
    total = client.projects.get_worklog_summary(SLUG, project.id)
    assert [(row.issue_id, row.duration) for row in total] == [(item, 95)]
    logs.delete(SLUG, project.id, item, made.id)
    assert logs.list(SLUG, project.id, item) == []


def test_milestones(client, project):
    milestones, item = client.milestones, make(client, project, "Due").id
    made = milestones.create(SLUG, project.id, CreateMilestone(title="Beta", target_date=day(9)))
    changed = milestones.update(SLUG, project.id, made.id, UpdateMilestone(title="Gamma"))
    assert (changed.title, changed.target_date) == ("Gamma", day(9))
    milestones.add_work_items(SLUG, project.id, made.id, [item])
    assert [row.issue for row in milestones.list_work_items(SLUG, project.id, made.id).results] == [item]
    assert ids(client.work_items.list(SLUG, project.id, WorkItemQueryParams(pql=f'milestone = "{made.id}"'))) == [item]
    milestones.remove_work_items(SLUG, project.id, made.id, [item])
    assert milestones.list_work_items(SLUG, project.id, made.id).results == []
    milestones.delete(SLUG, project.id, made.id)
    refused(404, milestones.retrieve, SLUG, project.id, made.id)
    assert milestones.list(SLUG, project.id).results == []


def test_epics(client, project):
    epics, item = client.epics, make(client, project, "Part").id
    refused(400, epics.create, SLUG, project.id, CreateEpic(name="Early"))
    client.projects.update_features(SLUG, project.id, ProjectFeature(epics=True))
    made = epics.create(SLUG, project.id, CreateEpic(name="Sign in", priority="high"))
    assert epics.update(SLUG, project.id, made.id, UpdateEpic(target_date=day(9))).target_date == day(9)
    added = epics.add_issues(SLUG, project.id, made.id, AddEpicWorkItems(work_item_ids=[item]))
    assert [(row.id, row.parent) for row in added] == [(item, made.id)]
    assert ids(epics.list_issues(SLUG, project.id, made.id)) == [item]
    assert ids(client.work_items.list(SLUG, project.id, WorkItemQueryParams(pql="isEpic()"))) == [made.id]
    assert ids(epics.list(SLUG, project.id, PaginatedQueryParams(per_page=5))) == [made.id]
    epics.delete(SLUG, project.id, made.id)
    refused(404, epics.retrieve, SLUG, project.id, made.id)
    assert client.work_items.retrieve(SLUG, project.id, item).parent is None


def test_initiatives(client, project):
    initiatives, labels = client.initiatives, client.initiatives.labels
    client.projects.update_features(SLUG, project.id, ProjectFeature(epics=True))
    epic = client.epics.create(SLUG, project.id, CreateEpic(name="Sign in"))
    made = initiatives.create(SLUG, CreateInitiative(name="Fewer passwords", state="ACTIVE", start_date=day(1)))
    label = labels.create(SLUG, CreateInitiativeLabel(name="security (py)", color="#f00"))
    try:
        assert (made.state.value, made.start_date) == ("ACTIVE", day(1))
        assert initiatives.update(SLUG, made.id, UpdateInitiative(description="short")).description == "short"
        assert made.id in ids(initiatives.list(SLUG))
        assert labels.update(SLUG, label.id, UpdateInitiativeLabel(color="#0f0")).name == "security (py)"
        assert [row.id for row in labels.add_labels(SLUG, made.id, [label.id])] == [label.id]
        assert ids(labels.list_labels(SLUG, made.id)) == [label.id]
        labels.remove_labels(SLUG, made.id, [label.id])
        assert ids(labels.list_labels(SLUG, made.id)) == []
        assert [row.id for row in initiatives.projects.add(SLUG, made.id, [project.id])] == [project.id]
        assert ids(initiatives.projects.list(SLUG, made.id)) == [project.id]
        initiatives.projects.remove(SLUG, made.id, [project.id])
        assert [row.id for row in initiatives.epics.add(SLUG, made.id, [epic.id])] == [epic.id]
        assert ids(initiatives.epics.list(SLUG, made.id)) == [epic.id]
        initiatives.epics.remove(SLUG, made.id, [epic.id])
        assert ids(initiatives.epics.list(SLUG, made.id)) == []
    finally:
        labels.delete(SLUG, label.id)
        initiatives.delete(SLUG, made.id)
    refused(404, initiatives.retrieve, SLUG, made.id)


def test_workflows(client, project):
    client.projects.update_features(SLUG, project.id, ProjectFeature(workflows=True))
    flows = client.workflows
    flow = flows.list(SLUG, project.id)[0]
    assert (flow.is_default, flow.is_active, flows.retrieve(SLUG, project.id, flow.id).name) == (True, True, flow.name)
    state = {s.group: s.id for s in client.states.list(SLUG, project.id).results}
    assert len(flows.states.list(SLUG, project.id, flow.id)) >= len(state)
    way = CreateWorkflowTransition(state_id=state["backlog"], transition_state_id=state["started"])
    made = flows.transitions.create(SLUG, project.id, flow.id, way)
    assert (made.state_id, made.transition_state_id, made.type) == (state["backlog"], state["started"], "transition")
    assert flows.transitions.create(SLUG, project.id, flow.id, way) is None  # it exists
    flows.transitions.update(SLUG, project.id, flow.id, made.id, UpdateWorkflowTransition(pre_rules=[]))
    item = client.work_items.create(SLUG, project.id, CreateWorkItem(name="Moves", state=state["backlog"])).id
    refused(400, client.work_items.update, SLUG, project.id, item, UpdateWorkItem(state=state["completed"]))
    client.work_items.update(SLUG, project.id, item, UpdateWorkItem(state=state["started"]))
    place = flows.states.update(SLUG, project.id, flow.id, state["started"], UpdateWorkflowState(type="approval"))
    assert place.type == "approval"
    flows.transitions.create(
        SLUG, project.id, flow.id,
        CreateWorkflowTransition(state_id=state["started"], transition_state_id=state["completed"]),
    )
    decided = flows.submit_work_item_approval(SLUG, project.id, item, SubmitWorkItemApproval(type="approve"))
    assert decided.state_id == state["completed"]
    other = flows.create(SLUG, project.id, CreateWorkflow(name="Other"))
    flows.states.attach(SLUG, project.id, other.id, AttachWorkflowStates(state_ids=[state["backlog"], state["started"]]))
    flows.states.transfer(SLUG, project.id, other.id, state["backlog"], state["started"])
    flows.states.detach(SLUG, project.id, other.id, state["started"])
    assert flows.update(SLUG, project.id, other.id, UpdateWorkflow(description="x")).description == "x"
    assert [a.field for a in flows.activities(SLUG, project.id, other.id)][0] == "description"
    flows.transitions.delete(SLUG, project.id, flow.id, made.id)
    flows.delete(SLUG, project.id, other.id)
    refused(400, flows.delete, SLUG, project.id, flow.id)


def test_collections(client):
    shelves = client.collections
    one = shelves.create(SLUG, CreateCollection(name="Guides"))
    two = shelves.create(SLUG, CreateCollection(name="Own", access=1))
    page = client.pages.create_workspace_page(SLUG, CreatePage(
        name="Handbook", description_html="<p>x</p>", collection_id=one.id))
    assert shelves.update(SLUG, one.id, UpdateCollection(name="All", sort_order=5)).name == "All"
    assert [shelf.id for shelf in shelves.list(SLUG) if shelf.id in (one.id, two.id)] == [one.id, two.id]
    place = shelves.pages.list(SLUG, one.id).results[0]
    assert (place.page["id"], shelves.retrieve(SLUG, one.id).has_pages) == (page.id, True)
    assert page.id in [found.id for found in shelves.pages.search(SLUG, two.id, search="handb")]
    moved = shelves.pages.update(SLUG, one.id, place.page_collection_id, UpdateCollectionPage(collection=two.id))
    assert (moved.id, moved.collection) == (place.page_collection_id, two.id)
    me = shelves.members.list(SLUG, two.id)[0]
    assert (me.member, me.access) == (client.users.get_me().id, 2)
    assert shelves.members.update(SLUG, two.id, me.id, UpdateCollectionMember(access=1)).access == 1
    refused(403, shelves.pages.remove, SLUG, two.id, moved.id)
    shelves.members.update(SLUG, two.id, me.id, UpdateCollectionMember(access=2))
    shelves.pages.remove(SLUG, two.id, moved.id)
    assert shelves.pages.add(SLUG, one.id, AddCollectionPages(page_ids=[page.id]))[0].page == page.id
    for shelf in (one, two):
        shelves.delete(SLUG, shelf.id, archive_pages=False)
    refused(404, shelves.retrieve, SLUG, one.id)
    assert client.pages.retrieve_workspace_page(SLUG, page.id).collection_id is None


def test_archive(client, project):
    items = client.work_items
    done = next(s.id for s in client.states.list(SLUG, project.id).results if s.group == "completed")
    item = make(client, project, "Over").id
    refused(400, items.archive, SLUG, project.id, item)
    items.update(SLUG, project.id, item, UpdateWorkItem(state=done))
    items.archive(SLUG, project.id, item)
    assert ids(items.list(SLUG, project.id)) == []
    assert ids(items.list_archived(SLUG, project.id, WorkItemQueryParams(order_by="name"))) == [item]
    items.unarchive(SLUG, project.id, item)
    assert ids(items.list(SLUG, project.id)) == [item]


def test_questions(client, project):
    items = client.work_items
    late = make(client, project, "Late", priority="urgent", target_date=day(-2)).id
    make(client, project, "Later", priority="low", target_date=day(20))
    make(client, project, "Never")
    here = f'project = "{project.id}"'
    assert ids(items.list(SLUG, project.id, WorkItemQueryParams(pql='priority = "urgent" AND isOverdue()'))) == [late]
    assert sorted(names(items.list(SLUG, project.id, WorkItemQueryParams(
        filters={"not": {"priority": "urgent"}})))) == ["Later", "Never"]
    assert sorted(names(items.list_workspace(SLUG, WorkItemQueryParams(pql=here)))) == ["Late", "Later", "Never"]
    count = items.count_workspace(SLUG, WorkItemCountQueryParams(
        pql=here, group_by="priority", sub_group_by="state__group"))
    assert (count.total_count, count.grouped_by) == (3, "priority")
    assert {key: group.count for key, group in count.grouped_counts.items()} == {"urgent": 1, "low": 1, "none": 1}
    assert count.grouped_counts["low"].sub_grouped_counts["backlog"].count == 1
    found = items.advanced_search(SLUG, AdvancedSearchWorkItem(
        query="late", project_id=project.id, filters={"or": [{"priority": "urgent"}, {"priority": "none"}]}))
    assert [(hit.id, hit.project_identifier) for hit in found] == [(late, project.identifier)]
    bad = refused(400, items.list, SLUG, project.id, WorkItemQueryParams(pql='priority = "urgent" AND'))
    assert bad.response["pql"][0].startswith("At character ")
    refused(400, items.list, SLUG, project.id, WorkItemQueryParams(filters={"colour": "red"}))


def test_types_and_properties(client, project):
    types, properties = client.work_item_types, client.work_item_properties
    bug = types.create(SLUG, project.id, CreateWorkItemType(name="Bug"))
    assert types.update(SLUG, project.id, bug.id, UpdateWorkItemType(description="broken")).description == "broken"
    assert [(t.id, t.project_ids) for t in types.list(SLUG, project.id)] == [(bug.id, [project.id])]
    grade = properties.create(SLUG, project.id, bug.id, CreateWorkItemProperty(
        display_name="Grade", property_type="OPTION",
        options=[CreateWorkItemPropertyOption(name="low"), CreateWorkItemPropertyOption(name="high", is_default=True)]))
    size = properties.create_project(SLUG, project.id, CreateWorkItemProperty(
        display_name="Size", property_type="DECIMAL"))
    assert properties.attach_to_type(SLUG, project.id, bug.id, [size.id]) == [size.id]
    assert own(properties.list(SLUG, project.id, bug.id)) == [grade.id, size.id]
    item = make(client, project, "broken", type_id=bug.id)
    value = lambda of: properties.values.retrieve(SLUG, project.id, item.id, of.id).value
    assert value(grade) == grade.options[1].id
    properties.values.create(SLUG, project.id, item.id, size.id, CreateWorkItemPropertyValue(value=2.5))
    assert value(size) == 2.5
    asked = WorkItemQueryParams(pql=f'cf["{size.id}"] > 2 AND cf["{grade.id}"] = "{grade.options[1].id}"')
    assert ids(client.work_items.list(SLUG, project.id, asked)) == [item.id]
    properties.values.delete(SLUG, project.id, item.id, size.id)
    refused(404, properties.values.retrieve, SLUG, project.id, item.id, size.id)
    properties.update_project(SLUG, project.id, grade.id, UpdateWorkItemProperty(is_required=True))
    refused(400, properties.values.delete, SLUG, project.id, item.id, grade.id)
    refused(400, types.delete, SLUG, project.id, bug.id)  # a work item has it


def test_types_of_a_workspace(client, project):
    types, properties = client.workspace_work_item_types, client.workspace_work_item_properties
    story = types.create(SLUG, CreateWorkItemType(name="Story"))
    link = properties.create(SLUG, CreateWorkItemProperty(display_name="Link", property_type="URL"))
    types.properties.create(SLUG, story.id, WorkspaceWorkItemTypePropertyLink(properties=[link.id]))
    assert types.properties.list(SLUG, story.id) == [link.id]
    client.work_item_types.import_to_project(SLUG, project.id, [story.id])
    assert own(client.work_item_properties.list(SLUG, project.id, story.id)) == [link.id]
    client.work_item_types.delete(SLUG, project.id, story.id)  # it is given back
    assert story.id in own(types.list(SLUG))
    properties.delete(SLUG, link.id)
    types.delete(SLUG, story.id)


def test_customers(client, project):
    customers = client.customers
    acme = customers.create(SLUG, CreateCustomer(name="Acme (py)", employees=1, revenue="1000000"))
    try:
        again = customers.create(SLUG, CreateCustomer(name="Acme (py)", employees=2))
        assert (again.id, again.employees, again.revenue) == (acme.id, 2, "1000000")
        assert ids(customers.list(SLUG, {"query": "acme (PY)"})) == [acme.id]
        size = customers.properties.create(SLUG, CreateCustomerProperty(
            name="ignored", display_name="Size (py)", property_type="OPTION",
            options=[CreateCustomerPropertyOption(name="Small"), CreateCustomerPropertyOption(name="Large")]))
        values = customers.property_values
        values.create(SLUG, acme.id, SetCustomerPropertyValues(
            customer_property_values={size.id: [size.options[1].id]}))
        assert values.list(SLUG, acme.id) == {size.id: [size.options[1].id]}
        refused(400, values.update, SLUG, acme.id, size.id, SetCustomerPropertyValue(values=["Large"]))
        customers.properties.delete(SLUG, size.id)
        item = make(client, project, "Asked for").id
        wish = customers.requests.create(SLUG, acme.id, CreateCustomerRequest(name="Dark mode", work_item_ids=[item]))
        assert [i.id for i in customers.work_items.list(SLUG, acme.id, customer_request_id=wish.id)] == [item]
        assert customers.retrieve(SLUG, acme.id).customer_request_count == 1
        customers.work_items.delete(SLUG, acme.id, item)
        refused(404, customers.work_items.delete, SLUG, acme.id, item)
    finally:
        customers.delete(SLUG, acme.id)


def test_releases(client, project):
    releases = client.releases
    tag = releases.tags.create(SLUG, CreateReleaseTag(version="1.4.0-py", git_tag="v1.4.0"))
    label = releases.labels.create(SLUG, CreateReleaseLabel(name="Security (py)", color="#112233"))
    made = releases.create(SLUG, CreateRelease(name="Spring", description_html="<p>Fast</p>", tag=tag.id))
    try:
        assert (made.tag, made.status, made.description["description_html"]) == (tag.id, "unreleased", "<p>Fast</p>")
        refused(409, releases.tags.create, SLUG, CreateReleaseTag(version="1.4.0-py"))
        item = make(client, project, "Shipped").id
        releases.work_items.create(SLUG, made.id, AddReleaseWorkItems(work_item_ids=[item]))
        assert ids(releases.work_items.list(SLUG, made.id)) == [item]
        releases.work_items.delete(SLUG, made.id, RemoveReleaseWorkItems(work_item_ids=[item]))
        assert [row.id for row in releases.item_labels.create(
            SLUG, made.id, AddReleaseItemLabel(label_ids=[label.id]))] == [label.id]
        releases.item_labels.delete(SLUG, made.id, RemoveReleaseItemLabel(label_ids=[label.id]))
        assert ids(releases.item_labels.list(SLUG, made.id)) == []
        said = releases.comments.create(SLUG, made.id, CreateReleaseComment(comment_html="<p>Ship it</p>"))
        assert said.comment["description_html"] == "<p>Ship it</p>"
        link = releases.links.create(SLUG, made.id, CreateReleaseLink(url="https://example.org/1.4", title="Notes"))
        assert ids(releases.links.list(SLUG, made.id)) == [link.id]
        log = releases.changelog.retrieve(SLUG, made.id)
        written = releases.changelog.update(SLUG, made.id, UpdateReleaseChangelog(description_html="<p>Faster</p>"))
        assert (written.id, written.changelog["description_html"]) == (log.id, "<p>Faster</p>")
        assert releases.update(SLUG, made.id, UpdateRelease(status="released")).is_latest is True
    finally:
        releases.delete(SLUG, made.id)
        releases.labels.delete(SLUG, label.id)
        releases.tags.delete(SLUG, tag.id)
    refused(404, releases.retrieve, SLUG, made.id)


def test_catalogue(client):
    labels, states = client.workspace_project_labels, client.workspace_project_states
    label = labels.create(SLUG, CreateWorkspaceProjectLabel(name="Client work (py)", color="#0ea5e9"))
    state = states.create(SLUG, CreateWorkspaceProjectState(name="In discovery (py)", group="unstarted", color="#f59e0b"))
    try:
        assert labels.update(SLUG, label.id, UpdateWorkspaceProjectLabel(color="#000000")).color == "#000000"
        assert states.update(SLUG, state.id, UpdateWorkspaceProjectState(description="Soon")).description == "Soon"
        assert label.id in [row.id for row in labels.list(SLUG)] and state.id in [row.id for row in states.list(SLUG)]
    finally:
        labels.delete(SLUG, label.id)
        states.delete(SLUG, state.id)
    unmanaged = refused(400, client.workspace_states.list, SLUG)
    assert unmanaged.response["code"] == "workspace_not_managed"


def test_teamspaces(client, project):
    spaces, me = client.teamspaces, client.users.get_me().id
    made = spaces.create(SLUG, CreateTeamspace(name="Payments (py)", description_html="<p>Who pays</p>"))
    try:
        assert spaces.retrieve(SLUG, made.id).description_stripped == "Who pays"
        assert spaces.update(SLUG, made.id, UpdateTeamspace(lead=me)).lead == me
        assert [person.id for person in spaces.members.add(SLUG, made.id, [me])] == [me]
        assert ids(spaces.members.list(SLUG, made.id)) == [me]
        spaces.members.remove(SLUG, made.id, [me])
        assert ids(spaces.members.list(SLUG, made.id)) == []
        assert [row.id for row in spaces.projects.add(SLUG, made.id, [project.id])] == [project.id]
        assert ids(spaces.projects.list(SLUG, made.id)) == [project.id]
        spaces.projects.remove(SLUG, made.id, [project.id])
        assert made.id in ids(spaces.list(SLUG))
    finally:
        spaces.delete(SLUG, made.id)


def test_templates(client, project):
    wide, own = client.workspace_templates.work_items, client.project_templates.work_item_templates
    made = wide.create(SLUG, workspace_templates.CreateWorkItemTemplate(
        name="Bug (py)", description="What we ask", template_data={"name": "Bug", "priority": "high"}))
    mine = own.create(SLUG, project.id, project_templates.CreateWorkItemTemplate(
        name="Spec (py)", short_description="What we write"))
    try:
        changed = wide.update(SLUG, made.id, workspace_templates.UpdateWorkItemTemplate(template_data={"priority": "low"}))
        assert changed.template_data == {"name": "Bug", "priority": "low"}
        assert own.update(SLUG, project.id, mine.id, project_templates.UpdateWorkItemTemplate(
            short_description="Updated")).short_description == "Updated"
        assert {made.id, mine.id} <= {row.id for row in wide.list(SLUG)}
        assert [row.id for row in own.list(SLUG, project.id)] == [mine.id]
    finally:
        wide.delete(SLUG, made.id)
        own.delete(SLUG, project.id, mine.id)
