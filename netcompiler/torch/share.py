"""One placement group's part of a net as a torch.nn.Module, for the process that runs it."""

from __future__ import annotations

from collections.abc import Collection
from types import ModuleType

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh

from netcompiler.graph import Graph
from netcompiler.partition import partition
from netcompiler.torch.circle import make_circles
from netcompiler.torch.communicate import Communicator
from netcompiler.torch.draws import Draws, absent, initialisers, registered
from netcompiler.torch.module import load, main_class
from netcompiler.torch.source import generate

PLACEMENT = "placement"
"""The dimension of a mesh along which the placement groups lie."""


def build_part(graph: Graph, mesh: DeviceMesh) -> nn.Module:
    """Make the part of a net that this process runs.

    All processes of the mesh call this; each holds the weights of its own group alone, and those are what the
    whole net's would be with the same seed.

    Raises:
        ValueError: the mesh does not fit the net.
    """
    group = own_group(graph, mesh)
    state, keys = draw_state(graph, [group])
    device = torch.device(mesh.device_type)
    if device.type == "cuda":
        device = torch.device("cuda", torch.cuda.current_device())
    circles = make_circles(partition(graph).messages, graph.groups, mesh)
    communicator = Communicator(group, graph.groups, circles, mesh, device, keys)
    source = generate(graph, group)
    with torch.random.fork_rng(devices=[]), registered(absent):
        part = main_class(load(source, f"{graph.name}_{group}"), source)(communicator)
    assert isinstance(part, nn.Module)
    part.load_state_dict(state, assign=True)
    return part.to(device)


def own_group(graph: Graph, mesh: DeviceMesh) -> str:
    """The placement group of this process.

    Raises:
        ValueError: the net has no groups, or the mesh does not have a place for each.
    """
    if not graph.groups:
        raise ValueError(f"net {graph.name} has no placement groups, and so no use for a mesh")
    names = mesh.mesh_dim_names or ()
    if PLACEMENT not in names:
        raise ValueError(f"the mesh has no dimension `placement`, it has {', '.join(names) or 'no names'}")
    places = mesh.size(names.index(PLACEMENT))
    if places != len(graph.groups):
        groups = ", ".join(graph.groups)
        raise ValueError(
            f"the mesh has {places} places along `placement`; {graph.name} has the groups {groups}"
        )
    return graph.groups[mesh.get_local_rank(PLACEMENT)]


def draw_state(graph: Graph, groups: Collection[str]) -> tuple[dict[str, Tensor], list[str]]:
    """The state of some groups' layers in the whole net as it is made afresh, and all keys of that.

    The weights of other groups are never there; random numbers are drawn for them all the same.
    """
    source = generate(graph)
    device = torch.get_default_device()
    module = ModuleType(f"{graph.name}_draws")
    exec(compile(source, f"<netcompiler {graph.name}>", "exec"), module.__dict__)  # noqa: S102  as in `load`
    module.__dict__["nn"] = initialisers(device)
    make = main_class(module, source)
    owners = _owners(graph, make)
    numbers = iter(range(len(owners)))

    def others_are_absent(parameter: nn.Parameter) -> nn.Parameter | None:
        return None if owners[next(numbers)] in (*groups, None) else absent(parameter)

    with registered(others_are_absent), Draws(device):
        whole = make()
    assert isinstance(whole, nn.Module)
    state = whole.state_dict()
    layers = _groups_of_layers(graph)
    return {key: value for key, value in state.items() if _owner(key, layers) in groups}, list(state)


def _owners(graph: Graph, make: type) -> list[str | None]:
    """The group of each parameter, in the order in which modules get them; None for one that is let go."""
    made: list[nn.Parameter] = []

    def note(parameter: nn.Parameter) -> None:
        made.append(parameter)

    with torch.random.fork_rng(devices=[]), registered(note), torch.device("meta"):
        whole = make()
    assert isinstance(whole, nn.Module)
    layers = _groups_of_layers(graph)
    names = {id(parameter): name for name, parameter in whole.named_parameters(remove_duplicate=False)}
    return [_owner(names[id(p)], layers) if id(p) in names else None for p in made]


def _groups_of_layers(graph: Graph) -> dict[str, str | None]:
    return {layer.path: layer.group for layer in graph.layers() if not layer.reuses}


def _owner(key: str, layers: dict[str, str | None]) -> str | None:
    """The group of the layer that a key of the state dict belongs to."""
    path = key
    while path and path not in layers:
        path = path.rpartition(".")[0]
    return layers.get(path)
