public import Foundation
import Glibc

extension AtomicFile {
    /// How a finished file gets its final name without replacing another file.
    ///
    /// A hard link is the most portable way that fails if the name exists. Some file systems have none (SMB, exFAT, many
    /// FUSE mounts). There the file is renamed with `RENAME_NOREPLACE`; where that is missing too, it is written once
    /// more under its final name, which must be new. A crash in that last case can leave a part of the file.
    public struct Naming: Sendable {
        /// A step that names a file in an open directory: returns 0, or an error number.
        public typealias Step = @Sendable (_ directory: Int32, _ temporary: String, _ name: String) -> Int32

        private let link: Step
        private let renameToNewName: Step

        /// The system's own steps.
        public static let system = Naming()

        /// A way to name files. Tests give steps that fail as they do on other file systems.
        public init(
            link: @escaping Step = { linkat($0, $1, $0, $2, 0) == 0 ? 0 : errno },
            renameToNewName: Step? = nil
        ) {
            self.link = link
            self.renameToNewName = renameToNewName ?? Self.renameNoReplace
        }

        /// Names the temporary file. Its temporary name may stay.
        func name(
            _ temporary: String,
            _ name: String,
            in directory: Int32,
            _ content: Data,
            _ mode: mode_t
        ) throws(Failure) {
            var error = link(directory, temporary, name)
            if error == 0 { return }
            if Self.isUnsupported(error) {
                error = renameToNewName(directory, temporary, name)
                if error == 0 { return }
                // EINVAL is what a file system answers that has no RENAME_NOREPLACE.
                if Self.isUnsupported(error) || error == EINVAL {
                    return try copy(to: name, in: directory, content, mode)
                }
            }
            throw Failure(error == EEXIST ? .alreadyExists : .name, "cannot name the file", error)
        }

        private func copy(
            to name: String,
            in directory: Int32,
            _ content: Data,
            _ mode: mode_t
        ) throws(Failure) {
            let file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            guard file >= 0 else {
                throw Failure(errno == EEXIST ? .alreadyExists : .name, "cannot name the file", errno)
            }
            defer { close(file) }
            do throws(Failure) {
                try AtomicFile.fill(file, with: content)
            } catch {
                unlinkat(directory, name, 0)
                throw error
            }
        }

        /// Whether the file system does not have the operation. FUSE and network file systems do not agree on the error.
        private static func isUnsupported(_ error: Int32) -> Bool {
            [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(error)
        }

        /// `renameat2`, which Glibc's module does not declare.
        private static func renameNoReplace(_ directory: Int32, _ temporary: String, _ name: String) -> Int32 {
            typealias RenameAt2 =
                @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
            guard let symbol = dlsym(nil, "renameat2") else { return ENOSYS }
            let noReplace: UInt32 = 1
            let renameAt2 = unsafeBitCast(symbol, to: RenameAt2.self)
            return renameAt2(directory, temporary, directory, name, noReplace) == 0 ? 0 : errno
        }
    }
}
