/// Finds the known name that a mistyped one was probably meant to be.
enum NearestName {
    /// - Returns: `nil` where no known name is close.
    static func to(_ name: String, in known: [String]) -> String? {
        let name = name.lowercased()
        let nearest = known.map { (name: $0, distance: distance(name, $0.lowercased())) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= max(1, min(3, name.count / 4)) else { return nil }
        return nearest.name
    }

    /// The optimal string alignment distance: insertions, deletions, replacements, and swaps of two neighbours.
    private static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first)
        let second = Array(second)
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[second.count]
    }
}
