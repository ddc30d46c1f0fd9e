/// Runs a body with a resource, and closes the resource whether or not the body throws.
func withResource<Resource, Value>(
    _ resource: Resource,
    close: (Resource) async -> Void,
    _ body: (Resource) async throws -> Value
) async throws -> Value {
    do {
        let value = try await body(resource)
        await close(resource)
        return value
    } catch {
        await close(resource)
        throw error
    }
}
