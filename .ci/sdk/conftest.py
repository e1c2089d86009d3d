"""What the tests of the Python client share."""

import os

import pytest
from plane import PlaneClient
from plane.models.projects import CreateProject

SLUG = os.environ["PLANE_WORKSPACE_SLUG"]


@pytest.fixture(scope="session")
def client():
    return PlaneClient(base_url=os.environ["PLANE_BASE_URL"], api_key=os.environ["PLANE_API_KEY"])


@pytest.fixture
def project(client, request):
    """A project of each test's own, removed afterwards."""
    name = request.node.name.removeprefix("test_").replace("_", "")
    made = client.projects.create(SLUG, CreateProject(name=f"Python {name}", identifier=f"PY{name}"[:12]))
    yield made
    client.projects.delete(SLUG, made.id)
