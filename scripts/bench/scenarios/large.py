"""Two sparse members as large as the disk has room for, averaged once; two scenarios report it."""

import shutil

from rounds import say
from workspace import RESERVE


def large_run(workspace, settings):
    """The measured run and the bytes of one member."""
    if "large" not in workspace.shared:
        free = shutil.disk_usage(workspace.directory).free
        wanted = min(settings.large, max(1_000_000_000, free - 2 * RESERVE))
        say(f"large: 2 members of {wanted / 1e9:.0f} GB with holes")
        members = workspace.model("large", wanted, 2, sparse=True)
        command = workspace.average_command(members, workspace.modes[0], settings.threads)
        workspace.shared["large"] = (workspace.run(command), members.size)
        workspace.remove_outputs()
        workspace.remove("large")
    return workspace.shared["large"]
