import Basics
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test("never print, whoever prints them")
    func neverPrints() {
        struct Holder { let passphrase = Secret("open sesame") }
        var dumped = ""
        dump(Holder(), to: &dumped)

        #expect(!"\(Holder())".contains("sesame"))
        #expect(!String(reflecting: Secret("open sesame")).contains("sesame"))
        #expect(!dumped.contains("sesame"))
    }
}
