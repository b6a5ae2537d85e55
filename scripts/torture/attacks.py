"""All attacks, in the order in which they run, with their share of a bounded time."""

from collections import namedtuple

import changes
import clients
import inputs
import places
import points
import soak

Entry = namedtuple("Entry", "name title share run")

ALL = [
    Entry("kill", "SIGKILL at a call that changes the disk, then clean starts", 20, points.kill),
    Entry("error", "one error of such a call, then clean starts", 15, points.fail_once),
    Entry("errors", "a call that fails for as long as the program runs, then clean starts", 8, points.fail_for_good),
    Entry("random", "SIGKILL at random moments of a run that goes on", 10, soak.killed),
    Entry("change", "a member that changes before, in and between passes", 15, changes.change),
    Entry("in-place", "one file that is written again and again", 6, changes.in_place),
    Entry("links", "a place of the daemon's own swapped for a link", 8, places.swap),
    Entry("overlap", "places that lie in each other", 2, places.overlap),
    Entry("clients", "sixty clients that mean harm", 10, clients.attack_socket),
    Entry("configurations", "configurations with values of every kind", 4, inputs.configurations),
    Entry("files", "checkpoints with damaged files", 4, inputs.files),
    Entry("bombs", "small files that ask for much memory", 4, inputs.bombs),
    Entry("soak", "a run that saves every 0.3 s", 10, soak.soak),
]
