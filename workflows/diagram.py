"""A process as viewflow lays it out, drawn by our own template: classes only, no inline style (strict CSP).

The month and the quarter have neither gateways nor ways back; a way has no name.
"""

from __future__ import annotations

from dataclasses import dataclass

from viewflow.workflow.chart import calc_layout_data

from workflows.steps import OPEN

_DOTS = {"START", "END"}


@dataclass(frozen=True)
class Node:
    """One node: a dot or a box, its place and size, its name, and whether it is done, now or to do."""

    is_dot: bool
    x: int
    y: int
    width: int
    height: int
    name: str
    stands: str

    @property
    def middle(self) -> tuple[int, int]:
        """Its centre."""
        return self.x + self.width // 2, self.y + self.height // 2

    @property
    def below(self) -> int:
        """Where the name of a dot stands: under it."""
        return self.y + self.height + 14


@dataclass(frozen=True)
class Edge:
    """One way from node to node: its corners and the arrow's head."""

    corners: str
    head: str


@dataclass(frozen=True)
class Diagram:
    """Everything the template draws, and its size."""

    nodes: list[Node]
    edges: list[Edge]
    width: int
    height: int


def draw(process) -> Diagram:
    """The live diagram of a process: where it stands is where its tasks are open. One query."""
    grid = calc_layout_data(process.flow_class)
    tasks = process.flow_class.task_class._default_manager.filter(process_id=process.pk, status__in=OPEN)
    now = {task.flow_task for task in tasks}
    reached = min((grid[node].col for node in now), default=None)
    nodes = [_node(cell, _stands(cell, now, reached)) for cell in grid.cells]
    return Diagram(nodes, [_edge(edge) for edge in grid.edges], grid.width, grid.height)


def _stands(cell, now, reached) -> str:
    """A finished process has no open task: all of it is done."""
    if cell.node in now:
        return "now"
    return "done" if reached is None or cell.col < reached else "todo"


def _node(cell, stands) -> Node:
    shape, name = cell.shape, str(cell.node.task_title)
    return Node(cell.node.task_type in _DOTS, shape.x, shape.y, shape.width, shape.height, name, stands)


def _edge(edge) -> Edge:
    x, y = edge.segments[-1]
    return Edge(
        " ".join(f"{a},{b}" for a, b in edge.segments), f"{x - 4},{y - 6} {x - 4},{y + 6} {x + 6},{y}"
    )
