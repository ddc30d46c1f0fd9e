import AtomicFiles
import Foundation

/// The controller of the demo's shop: the texts that letters must contain.
enum DemoController {
    /// Writes the configuration file, for its user only.
    static func write(to path: String) throws {
        try AtomicFile.write(Data(configuration.utf8), to: path, replacing: false)
    }

    private static let configuration = """
        # The controller's texts in letters. Each is needed before a letter is written.
        controller:
          name: "Nordlicht Outdoor GmbH"
          contact:
            - "Hafenstraße 12, 20459 Hamburg, Germany"
            - "privacy@nordlicht.example"
          dataProtectionOfficer: "dpo@nordlicht.example"
          supervisoryAuthority: "The Hamburg Commissioner for Data Protection and Freedom of Information, Ludwig-Erhard-Straße 22, 20459 Hamburg, Germany, mailbox@datenschutz.hamburg.de"
          purposes:
            - "Running our loyalty program: we count your points and give you the rewards that you have earned (Article 6(1)(b) GDPR)."
            - "Deciding which coupons and promotions you can use in our shop (Article 6(1)(f) GDPR: our interest in offers that suit you)."
          recipients:
            - "Elbe Mail Services GmbH, Hamburg, which sends our e-mails"
          transfers: "Your data is stored in Frankfurt, Germany. It is not sent to countries outside the European Economic Area."
          retention: "Until you leave the loyalty program, and then for two more years in case of questions about your points. If you buy nothing for three years, we delete it."
          evidenceRetention: "for three years after the end of the year in which we answered you"
          source: "You gave us your name and your e-mail address. We recorded all other data when you used our shop."
          automatedDecisions: "The system decides automatically which coupons and points you get: it compares your purchases with the rules of a promotion. This has no legal effect on you and does not affect you in a similarly significant way. We do not use the data for profiling."

        """
}
