extension TalonOneClient {
    /// Sends a call in the dialect that the deployment understands.
    ///
    /// While that is unknown, version 1 goes first. These calls create what is missing, so 404 and 405 can only mean
    /// that the deployment has no such operation; nothing was carried out, and version 2 may follow. A version
    /// 2 that carried the call out, or refused it for what it says, settles the question for the life of the client.
    ///
    /// - Parameters:
    ///   - v1: `nil` if the request lacks what version 1 needs.
    ///   - v2: `nil` if the request lacks what version 2 needs.
    func sendInDialect(v1: Call?, v2: Call?) async throws(TalonOneError) -> TalonOneAnswer {
        switch configuration.dialect {
        case .v1: return try await send(required(v1, for: .v1))
        case .v2: return try await send(required(v2, for: .v2))
        case .discover: break
        }
        if let v1, !memory.speaksV2(v1.operation) {
            do throws(TalonOneError) {
                return try await send(v1)
            } catch {
                guard error.code == .operationMissing, v2 != nil else { throw error }
            }
        }
        let call = try required(v2, for: .v2)
        do throws(TalonOneError) {
            let answer: TalonOneAnswer = try await send(call)
            memory.remember(v2: call.operation)
            return answer
        } catch {
            if [.rejected, .conflict].contains(error.code) { memory.remember(v2: call.operation) }
            throw error
        }
    }

    private func required(
        _ call: Call?,
        for dialect: TalonOneConfiguration.Dialect
    ) throws(TalonOneError) -> Call {
        guard let call else {
            throw TalonOneError(
                .invalidRequest,
                operation: dialect == .v1 ? .trackEvent : .trackEventV2,
                reason: dialect == .v1
                    ? "Version 1 of the API needs the session of an event."
                    : "Version 2 of the API needs the profile of an event."
            )
        }
        return call
    }
}
