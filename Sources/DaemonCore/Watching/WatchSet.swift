import LinuxSystem
import SystemPackage

/// The inotify watches that are in place, brought in line with those that are wanted.
///
/// Watches follow inodes, not paths: asking again for a path that was deleted and made anew adds the new directory, and
/// asking for one that is already watched changes nothing. So every look simply asks for all of them.
struct WatchSet {
    private let inotify: Inotify
    /// The watches that tell when the directory itself comes, goes or becomes another.
    private var leading: Set<WatchDescriptor> = []
    private var watched: Set<WatchDescriptor> = []
    /// The watch of the directory itself, or of the nearest above it that exists.
    private(set) var root: WatchDescriptor?

    init(_ inotify: Inotify) {
        self.inotify = inotify
    }

    /// Watches a directory, or the nearest above it that exists, and every directory in which a link on its path lies.
    ///
    /// - Returns: why it could not be watched, if it could not; polling has to do then.
    mutating func lead(to directory: FilePath) -> SystemCallError? {
        leading = []
        root = nil
        while true {
            let anchor = Self.anchor(of: directory)
            do {
                for place in SymbolicLink.directoriesOfLinks(onTheWayTo: directory) { leading.insert(try watch(place)) }
                let root = try watch(anchor)
                leading.insert(root)
                self.root = root
            } catch  where !error.isNotFound {
                return error
            } catch {
                continue
            }
            // What was made in between gave no event.
            if Self.anchor(of: directory) == anchor { return nil }
        }
    }

    /// Watches exactly these directories beside those that lead to the watched one; what is gone is passed over.
    ///
    /// - Returns: why a directory could not be watched, if one could not.
    mutating func watchOnly(_ directories: [FilePath]) -> SystemCallError? {
        var problem: SystemCallError?
        var wanted = leading
        for directory in directories {
            do {
                wanted.insert(try watch(directory))
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

    private mutating func watch(_ directory: FilePath) throws(SystemCallError) -> WatchDescriptor {
        let descriptor = try inotify.addWatch(directory, mask: .checkpointDirectory)
        watched.insert(descriptor)
        return descriptor
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
