import LinuxSystem
import SystemPackage

/// The inotify watches that are in place, brought in line with those that are wanted.
///
/// Watches follow inodes, not paths: asking again for a path that was deleted and made anew adds the new directory, and
/// asking for one that is already watched changes nothing. So every look simply asks for all of them.
struct WatchSet {
    private let inotify: Inotify
    private var watched: Set<WatchDescriptor> = []

    init(_ inotify: Inotify) {
        self.inotify = inotify
    }

    /// Watches a directory, or the nearest above it that exists, in addition to what is watched already.
    ///
    /// - Returns: why it could not be watched, if it could not; polling has to do then.
    mutating func addAnchor(of directory: FilePath) -> SystemCallError? {
        while true {
            let anchor = Self.anchor(of: directory)
            do {
                watched.insert(try inotify.addWatch(anchor, mask: .checkpointDirectory))
            } catch  where !error.isNotFound {
                return error
            } catch {
                continue
            }
            // What was made in between gave no event.
            if Self.anchor(of: directory) == anchor { return nil }
        }
    }

    /// Watches exactly these directories; those that are gone are passed over.
    ///
    /// - Returns: why a directory could not be watched, if one could not.
    mutating func watchOnly(_ directories: [FilePath]) -> SystemCallError? {
        var problem: SystemCallError?
        var wanted: Set<WatchDescriptor> = []
        for directory in directories {
            do {
                wanted.insert(try inotify.addWatch(directory, mask: .checkpointDirectory))
            } catch  where error.isNotFound {
                continue
            } catch {
                problem = problem ?? error
            }
        }
        for stale in watched.subtracting(wanted) { inotify.removeWatch(stale) }
        watched = wanted
        return problem
    }

    /// The watched directory, or the nearest directory above it that exists, in which it would be made.
    static func anchor(of directory: FilePath) -> FilePath {
        var path = directory
        while path.lastComponent != nil, (try? FileStatus.of(path).kind) != .directory {
            path.removeLastComponent()
        }
        return path
    }
}
