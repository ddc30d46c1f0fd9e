import AsyncHTTPClient
import EvidenceLog
import Foundation
import Glibc
import Notary
import Postgres
import Processor
import Store
import TalonOne

/// What commands open, used and closed whatever happens in between.
extension DsrConfiguration {
    /// A client of the API with as many connections as calls may be in flight.
    func withTalonOne<Value>(
        connections: Int,
        _ body: (TalonOneClient) async throws -> Value
    ) async throws -> Value {
        let configuration = try talonOne()
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: connections)
        )
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(TalonOneClient(configuration: configuration, http: http)))
        } catch {
            result = .failure(error)
        }
        try? await http.shutdown()
        return try result.get()
    }

    /// The database, whatever its schema.
    func connect() async throws(Failure) -> Store {
        let database = try database()
        do throws(StoreError) {
            return try await Store.connect(database)
        } catch {
            throw Failure(error)
        }
    }

    /// The queue, its schema checked.
    func withStore<Value>(_ body: (Store) async throws -> Value) async throws -> Value {
        do {
            let store = try await Store.open(try database())
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(store))
            } catch {
                result = .failure(error)
            }
            await store.close()
            return try result.get()
        } catch let error as StoreError {
            throw Failure(error)
        } catch let error as NotaryError {
            throw Failure(error)
        } catch let error as EvidenceLogError {
            throw Failure(error)
        }
    }
}

/// Who started a command, as runs and leaves name them.
enum Actor {
    /// The login name, or `uid N` where the system has none.
    static var current: String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }
}
