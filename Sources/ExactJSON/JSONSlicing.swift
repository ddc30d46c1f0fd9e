public import Foundation

extension RawJSON {
    /// The bytes of this value without the values at the given places.
    ///
    /// A place is an element of an array, or the value of a member, which is removed together with its name. One comma
    /// is removed with each; every other byte is unchanged, white space included. A place outside this value, or inside
    /// another one that is removed, has no effect. The value itself cannot be removed.
    ///
    /// - Parameter places: The values to leave out.
    /// - Returns: Valid JSON.
    public func removing(_ places: Set<Place>) -> Data {
        var result = Data()
        var copied = range.lowerBound
        for cut in cutsWithin(places) where cut.lowerBound >= copied {
            result.append(contentsOf: tape.bytes[copied..<cut.lowerBound])
            copied = cut.upperBound
        }
        result.append(contentsOf: tape.bytes[copied..<range.upperBound])
        return result
    }

    // The byte ranges to leave out, in order. An outer range may contain later ones, which the caller skips.
    private func cutsWithin(_ places: Set<Place>) -> [Range<Int>] {
        guard !places.isEmpty else { return [] }
        let nodes = tape.nodes
        var cuts: [Range<Int>] = []
        var container = index
        while container < Int(nodes[index].next) {
            if nodes[container].kind == .array || nodes[container].kind == .object {
                cuts.append(contentsOf: cutsInside(container, for: places))
            }
            container += 1
        }
        return cuts.sorted { ($0.lowerBound, -$0.upperBound) < ($1.lowerBound, -$1.upperBound) }
    }

    private func cutsInside(_ container: Int, for places: Set<Place>) -> [Range<Int>] {
        let nodes = tape.nodes
        var cuts: [Range<Int>] = []
        // The end of the last child that stays; nil while every child so far is left out.
        var keptEnd: Int?
        var leadingCut: Range<Int>?
        for child in tape.children(of: container) {
            let value = nodes[child].isKey ? child + 1 : child
            let (start, end) = (Int(nodes[child].start), Int(nodes[value].end))
            if !places.contains(Place(index: value)) {
                // A cut before the first child that stays includes the comma before that child.
                if let cut = leadingCut {
                    cuts.append(cut.lowerBound..<start)
                    leadingCut = nil
                }
                keptEnd = end
            } else if let kept = keptEnd {
                // After a child that stays, the comma before the removed one is removed.
                let previous = cuts.last?.upperBound ?? 0
                cuts.append(max(kept, previous)..<end)
            } else {
                leadingCut = (leadingCut?.lowerBound ?? start)..<end
            }
        }
        if let cut = leadingCut { cuts.append(cut) }
        return cuts
    }
}
