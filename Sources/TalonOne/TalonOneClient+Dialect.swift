extension TalonOneClient {
    /// Sends a request in the dialect that the deployment has.
    ///
    /// While the dialect is unknown, version 1 is tried first. These operations create what does not exist, so 404 and
    /// 405 can only mean that the deployment lacks the operation; nothing was carried out, and version 2 is tried. If
    /// the deployment carries version 2 out, or rejects it because of its content, the client keeps to version 2.
    ///
    /// - Parameters:
    ///   - v1: The request in version 1; `nil` if it lacks what version 1 requires.
    ///   - v2: The request in version 2; `nil` if version 2 cannot do it.
    ///   - reason: Why there is no request for one of the versions.
    func sendInDialect(
        v1: APIRequest?,
        v2: APIRequest?,
        lacking reason: String = ""
    ) async throws(TalonOneError) -> TalonOneAnswer {
        switch configuration.dialect {
        case .v1: return try await send(required(v1, v2, reason))
        case .v2: return try await send(required(v2, v1, reason))
        case .discover: break
        }
        if let v1, !dialects.isVersion2(v1.operation) {
            do throws(TalonOneError) {
                return try await send(v1)
            } catch {
                guard error.code == .operationMissing, v2 != nil else { throw error }
            }
        }
        let request = try required(v2, v1, reason)
        do throws(TalonOneError) {
            let answer = try await send(request)
            dialects.recordVersion2(request.operation)
            return answer
        } catch {
            if [.rejected, .conflict].contains(error.code) { dialects.recordVersion2(request.operation) }
            throw error
        }
    }

    /// - Parameter other: The request in the other version, for the operation that the error names.
    private func required(
        _ request: APIRequest?,
        _ other: APIRequest?,
        _ reason: String
    ) throws(TalonOneError) -> APIRequest {
        guard let request else {
            throw TalonOneError(.invalidRequest, operation: other?.operation ?? .trackEvent, reason: reason)
        }
        return request
    }
}
