import Foundation
import TestSupport
import Testing

/// The units of the packages: systemd finds nothing wrong with them, and they are closed off.
struct SystemdUnitTests {
  /// Units as they are installed, with a program that is there.
  private struct Stage {
    let place: Workplace

    init() throws {
      place = try Workplace(.nowhere)
      for name in try FileManager.default.contentsOfDirectory(atPath: Installed.packaging + "/systemd") {
        let unit = try String(contentsOfFile: "\(Installed.packaging)/systemd/\(name)", encoding: .utf8)
        try place.write(unit.replacing("/usr/bin/fixacl", with: Workplace.programPath), to: name)
      }
    }
  }

  /// Buckets have dots and hyphens.
  @Test(
    .needs("systemd-analyze"),
    arguments: ["fixacl-reconcile@", "fixacl-reconcile-failed@"].map { $0 + "my-bucket.example.service" }
      + ["fixacl-reconcile@my-bucket.example.timer"])
  func verify(unit: String) async throws {
    let place = try Stage().place
    let result = try await place.run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", place.path(unit))
    #expect(result.status == 0 && result.out.isEmpty && result.err.isEmpty, "\(result.out)\(result.err)")
  }

  /// What somebody has put in its place, as the example shows.
  @Test(.needs("systemd-analyze")) func mail() async throws {
    let place = try Stage().place
    let folder = "fixacl-reconcile-failed@.service.d"
    try FileManager.default.createDirectory(atPath: place.path(folder), withIntermediateDirectories: false)
    try place.write(
      String(contentsOfFile: Installed.packaging + "/examples/mail.conf", encoding: .utf8), to: folder + "/mail.conf")
    let result = try await place.run(
      "systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
      place.path("fixacl-reconcile-failed@my-bucket.service"))
    #expect(result.status == 0 && result.out.isEmpty && result.err.isEmpty, "\(result.out)\(result.err)")
  }

  /// In tenths, as systemd has it: 0 is closed, 100 open. What is left is the network, by which fixacl works.
  @Test(.needs("systemd-analyze"), arguments: [("fixacl-reconcile@", 14), ("fixacl-reconcile-failed@", 6)])
  func exposure(unit: String, threshold: Int) async throws {
    let place = try Stage().place
    let result = try await place.run(
      "systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=\(threshold)",
      place.path(unit + "my-bucket.service"))
    #expect(result.status == 0, "\(result.out.split(separator: "\n").last ?? "")\(result.err)")
  }

  /// Directives that are younger than systemd 249, which Ubuntu 22.04 has, would be left out there without a word.
  @Test func oldSystemsKnowThem() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: Installed.packaging + "/systemd") {
      let unit = try String(contentsOfFile: "\(Installed.packaging)/systemd/\(name)", encoding: .utf8)
      let settings = unit.split(separator: "\n").filter { !$0.hasPrefix("#") }
      for setting in settings { #expect(!setting.contains("%d") && !setting.contains("%I"), "\(name): \(setting)") }
    }
  }
}
