/// The answer of an operation: a status, and a JSON body or none.
struct Answer: Sendable, Equatable {
    var status: Int
    var body: JSON?

    static let noContent = Answer(status: 204, body: nil)
    static func ok(_ body: JSON) -> Answer { Answer(status: 200, body: body) }
    static func created(_ body: JSON) -> Answer { Answer(status: 201, body: body) }
}

/// A refusal, which is answered in the form of Talon.One's `ErrorResponseWithStatus`.
struct Refusal: Error, Equatable {
    var status: Int
    var message: String
    var errors: [JSON] = []

    var answer: Answer {
        var body: [String: JSON] = ["message": .string(message), "StatusCode": .int(status)]
        if !errors.isEmpty { body["errors"] = .array(errors) }
        return Answer(status: status, body: .object(body))
    }

    static let notFound = Refusal(status: 404, message: "Not found")
    static let unauthorized = Refusal(status: 401, message: "Invalid API key")
    static let signatureMismatch = Refusal(status: 400, message: "HMAC signature mismatch.")

    /// The 400 for an invalid body; `pointer` names the field.
    static func invalid(_ title: String, _ details: String, at pointer: String) -> Refusal {
        Refusal(
            status: 400,
            message: "The submitted data was invalid",
            errors: [
                ["title": .string(title), "details": .string(details), "source": ["pointer": .string(pointer)]]
            ]
        )
    }
}
