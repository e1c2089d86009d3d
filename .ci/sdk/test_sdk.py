"""The official Python client (plane-sdk), used as its users do, against the server named in the environment."""

import os

import pytest
from plane import PlaneClient
from plane.errors import HttpError
from plane.models.labels import CreateLabel, UpdateLabel
from plane.models.projects import CreateProject, UpdateProject
from plane.models.query_params import PaginatedQueryParams, RetrieveQueryParams, WorkItemQueryParams
from plane.models.states import CreateState, UpdateState
from plane.models.work_items import (
    CreateWorkItem,
    CreateWorkItemComment,
    UpdateWorkItem,
    UpdateWorkItemComment,
)

BASE = os.environ["PLANE_BASE_URL"]
SLUG = os.environ["PLANE_WORKSPACE_SLUG"]
NOWHERE = "00000000-0000-0000-0000-000000000000"


def ids(page):
    """The ids of a page's rows; its envelope has to agree with them."""
    assert page.count == len(page.results)
    assert page.total_results == page.total_count >= page.count
    return [row.id for row in page.results]


def refused(status, call, *args):
    with pytest.raises(HttpError) as refusal:
        call(*args)
    assert refusal.value.status_code == status
    return refusal.value


def test_user(client):
    me = client.users.get_me()
    assert me.id and me.email.endswith("@sdk.test")


def test_projects(client):
    made = client.projects.create(SLUG, CreateProject(name="Python", identifier="PY", description="By a client"))
    assert (made.name, made.identifier, made.description, made.network) == ("Python", "PY", "By a client", 2)
    assert made.id in ids(client.projects.list(SLUG))
    page = client.projects.list(SLUG, PaginatedQueryParams(per_page=1, order_by="created_at"))
    assert len(ids(page)) == 1
    changed = client.projects.update(SLUG, made.id, UpdateProject(name="Renamed", cycle_view=True))
    assert (changed.id, changed.name, changed.cycle_view) == (made.id, "Renamed", True)
    read = client.projects.retrieve(SLUG, made.id)
    assert (read.name, read.identifier, read.cycle_view) == ("Renamed", "PY", True)
    refused(409, client.projects.create, SLUG, CreateProject(name="Other", identifier="PY"))
    client.projects.delete(SLUG, made.id)
    assert made.id not in ids(client.projects.list(SLUG))
    refused(404, client.projects.retrieve, SLUG, made.id)


def test_states(client, project):
    states = client.states
    defaults = {state.name: state.group for state in states.list(SLUG, project.id).results}
    assert defaults == {"Backlog": "backlog", "Todo": "unstarted", "In Progress": "started",
                        "Done": "completed", "Cancelled": "cancelled"}
    made = states.create(SLUG, project.id, CreateState(name="In Review", color="#123456", group="started"))
    assert (made.name, made.color, made.group, made.project) == ("In Review", "#123456", "started", project.id)
    assert made.id in ids(states.list(SLUG, project.id))
    changed = states.update(SLUG, project.id, made.id, UpdateState(name="Reviewed", color="#654321"))
    assert (changed.id, changed.name, changed.color) == (made.id, "Reviewed", "#654321")
    read = states.retrieve(SLUG, project.id, made.id)
    assert (read.name, read.color, read.group) == ("Reviewed", "#654321", "started")
    states.delete(SLUG, project.id, made.id)
    assert made.id not in ids(states.list(SLUG, project.id))
    refused(404, states.retrieve, SLUG, project.id, made.id)


def test_labels(client, project):
    labels = client.labels
    parent = labels.create(SLUG, project.id, CreateLabel(name="Area"))
    made = labels.create(SLUG, project.id, CreateLabel(name="Area: web", color="#00ff00", parent=parent.id))
    assert (made.name, made.color, made.parent, made.project) == ("Area: web", "#00ff00", parent.id, project.id)
    assert sorted(ids(labels.list(SLUG, project.id))) == sorted([parent.id, made.id])
    changed = labels.update(SLUG, project.id, made.id, UpdateLabel(name="Area: API", color="#0000ff"))
    assert (changed.id, changed.name, changed.color) == (made.id, "Area: API", "#0000ff")
    read = labels.retrieve(SLUG, project.id, made.id)
    assert (read.name, read.color, read.parent) == ("Area: API", "#0000ff", parent.id)
    labels.delete(SLUG, project.id, made.id)
    assert ids(labels.list(SLUG, project.id)) == [parent.id]
    refused(404, labels.retrieve, SLUG, project.id, made.id)


def test_work_items(client, project):
    items = client.work_items
    me = client.users.get_me().id
    label = client.labels.create(SLUG, project.id, CreateLabel(name="Bug")).id
    todo, done = (next(s.id for s in client.states.list(SLUG, project.id).results if s.name == name)
                  for name in ("Todo", "Done"))
    plain = items.create(SLUG, project.id, CreateWorkItem(name="Plain"))
    assert (plain.name, plain.priority, plain.sequence_id) == ("Plain", "none", 1)
    full = items.create(SLUG, project.id, CreateWorkItem(
        name="Full", description_html="<p>What <strong>happens</strong></p>", priority="high", state=todo,
        labels=[label], assignees=[me], start_date="2026-01-05", target_date="2026-01-09", parent=plain.id))
    assert (full.sequence_id, full.priority, full.state, full.parent) == (2, "high", todo, plain.id)
    assert (full.start_date, full.target_date, full.completed_at) == ("2026-01-05", "2026-01-09", None)
    read = items.retrieve(SLUG, project.id, full.id)
    assert (read.description_html, read.labels, read.assignees) == (
        "<p>What <strong>happens</strong></p>", [label], [me])
    found = items.retrieve_by_identifier(SLUG, project.identifier, 2, RetrieveQueryParams(expand="labels,state"))
    assert (found.id, found.labels[0].name, found.state.name) == (full.id, "Bug", "Todo")
    assert sorted(ids(items.list(SLUG, project.id))) == sorted([plain.id, full.id])
    assert [hit.id for hit in items.search(SLUG, "full").issues] == [full.id]
    changed = items.update(SLUG, project.id, full.id, UpdateWorkItem(name="Fuller", priority="low", state=done, labels=[]))
    assert (changed.name, changed.priority, changed.state) == ("Fuller", "low", done)
    read = items.retrieve(SLUG, project.id, full.id)
    assert read.completed_at and (read.name, read.labels, read.assignees) == ("Fuller", [], [me])
    items.delete(SLUG, project.id, full.id)
    assert ids(items.list(SLUG, project.id)) == [plain.id]
    refused(404, items.retrieve, SLUG, project.id, full.id)


def test_pages(client, project):
    items = client.work_items
    made = [items.create(SLUG, project.id, CreateWorkItem(name=f"Item {n}")).id for n in range(5)]
    seen, cursor = [], None
    for _ in range(3):
        page = items.list(SLUG, project.id, WorkItemQueryParams(per_page=2, cursor=cursor, order_by="created_at"))
        seen, cursor = seen + ids(page), page.next_cursor
        assert (page.total_results, page.total_pages) == (5, 3)
    assert seen == made and not page.next_page_results


def test_comments(client, project):
    comments = client.work_items.comments
    item = client.work_items.create(SLUG, project.id, CreateWorkItem(name="Discussed")).id
    made = comments.create(SLUG, project.id, item, CreateWorkItemComment(comment_html="<p>One</p>"))
    assert (made.comment_html, made.access, made.issue) == ("<p>One</p>", "INTERNAL", item)
    assert made.actor == client.users.get_me().id
    assert ids(comments.list(SLUG, project.id, item)) == [made.id]
    changed = comments.update(SLUG, project.id, item, made.id, UpdateWorkItemComment(comment_html="<p>Two</p>"))
    assert (changed.id, changed.comment_html) == (made.id, "<p>Two</p>")
    assert comments.retrieve(SLUG, project.id, item, made.id).comment_html == "<p>Two</p>"
    comments.delete(SLUG, project.id, item, made.id)
    assert ids(comments.list(SLUG, project.id, item)) == []
    refused(404, comments.retrieve, SLUG, project.id, item, made.id)


def test_refusals(client, project):
    bad = refused(400, client.work_items.create, SLUG, project.id, CreateWorkItem(name=""))
    assert "name" in bad.response
    refused(404, client.work_items.retrieve, SLUG, project.id, NOWHERE)
    stranger = PlaneClient(base_url=BASE, api_key="plane_api_" + "0" * 32)
    assert refused(403, stranger.projects.list, SLUG).response == {"detail": "Given API token is not valid"}
