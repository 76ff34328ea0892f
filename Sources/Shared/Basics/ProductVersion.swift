/// The version of all programs, as `--version` and the HTTP API say it (semver.org).
package let productVersion = "0.1.0"
