import SystemPackage

/// Hands two paths to a system call.
func withPaths<Result>(
    _ first: FilePath,
    _ second: FilePath,
    _ body: (UnsafePointer<CInterop.PlatformChar>, UnsafePointer<CInterop.PlatformChar>) -> Result
) -> Result {
    first.withPlatformString { first in
        second.withPlatformString { second in body(first, second) }
    }
}

/// The directory that holds a path's last component; `.` for a bare name.
func parent(of path: FilePath) -> FilePath {
    let parent = path.removingLastComponent()
    return parent.isEmpty ? "." : parent
}
