import ArgumentParser
import CBench
import LinuxSystem
import SystemPackage
import TensorFormats

/// The elements of members whose files are mapped, for as long as the process lives.
struct MappedMembers {
    /// Where the files are put in the address space.
    enum Placement: String, CaseIterable, ExpressibleByArgument {
        /// Where the kernel likes: equal places of large files are a multiple of 2 MiB apart.
        case plain
        /// Some pages further for each file, so that equal places do not collide in the first-level cache.
        case staggered
    }

    /// Odd and more than a few, so that neither equal nor neighbouring places of members meet.
    private static let pagesApart = 13

    /// Where each member's elements begin, oldest first.
    let sources: [UnsafeRawPointer]
    /// The bytes of the elements of each.
    let byteCount: Int

    /// Maps the weight files, which must hold the same tensors of one type.
    init(_ paths: [FilePath], element: Element, placement: Placement) throws {
        var sources: [UnsafeRawPointer] = []
        var byteCounts: Set<Int> = []
        for (index, path) in paths.enumerated() {
            let file = try File.openForReading(path)
            let header = try Self.header(of: file, element: element)
            let start =
                switch placement {
                case .plain: bench_map(file.descriptor, header.fileByteCount)
                case .staggered: bench_map_staggered(file.descriptor, header.fileByteCount, Self.pagesApart * index)
                }
            guard let start else { throw BenchError("map \"\(path)\": no address space or no memory") }
            sources.append(UnsafeRawPointer(start + header.headerByteCount))
            byteCounts.insert(header.fileByteCount - header.headerByteCount)
        }
        guard let byteCount = byteCounts.first, byteCounts.count == 1 else {
            throw BenchError("measure kernels: the files differ in the size of their tensors; make them in one go")
        }
        self.sources = sources
        self.byteCount = byteCount
    }

    /// Brings all pages into memory and into the mappings, so that no measured loop meets a page fault.
    func populate() throws {
        for source in sources {
            let start = source.assumingMemoryBound(to: UInt8.self)
            let page = UnsafePointer<UInt8>(bitPattern: UInt(bitPattern: start) & ~UInt(bench_page_size() - 1))
            let skipped = page.map { start - $0 } ?? 0
            guard bench_populate(page, byteCount + skipped) == 0 else {
                throw BenchError("read in mapped members: madvise failed; it needs Linux 5.14")
            }
        }
    }

    private static func header(of file: File, element: Element) throws -> SafetensorsHeader {
        let size = try file.status().size
        let prefix = try file.readBytes(at: 0, count: SafetensorsHeader.prefixByteCount)
        let headerByteCount = try SafetensorsHeader.headerByteCount(prefix: prefix, fileByteCount: size)
        let bytes = try file.readBytes(at: 0, count: headerByteCount)
        let header = try SafetensorsHeader(parsing: bytes, fileByteCount: size)
        guard header.tensors.allSatisfy({ $0.elementType == element.elementType }) else {
            throw BenchError("measure kernels on \"\(file.path)\": it has tensors that are not \(element.rawValue)")
        }
        return header
    }
}
